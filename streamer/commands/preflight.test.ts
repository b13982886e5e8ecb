import { describe, expect, it } from 'vitest';
import { StreamerError } from '../errors.ts';
import { FakeObjectStore } from '../testing/fakes.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { START_MS, testConfig } from '../testing/world.ts';
import { checkSources } from './preflight.ts';

const never = new AbortController().signal;

/** What comes of a first start whose first LISTs fail so. */
async function startAgainst(failures: readonly StreamerError[]) {
  const clock = new VirtualClock(START_MS);
  const objects = new FakeObjectStore(clock);
  const left = [...failures];
  objects.onList = () => {
    const failure = left.shift();
    if (failure !== undefined) throw failure;
  };
  const end = { error: undefined as unknown };
  void checkSources(objects, testConfig(), { isFirstStart: true, clock }, never).then(
    () => (end.error = null),
    (error: unknown) => (end.error = error),
  );
  await clock.runUntil(() => end.error !== undefined, 60_000);
  return { ...end, lists: objects.lists.length, waitedMs: clock.now() - START_MS };
}

describe('the first start', () => {
  const busy = new StreamerError('S3_THROTTLED', 'slow down');
  const away = new StreamerError('S3_UNAVAILABLE', 'no answer');

  it('is not refused because S3 was busy for a moment', async () => {
    expect(await startAgainst([busy, away, busy])).toMatchObject({ error: null, lists: 4 });
  });

  it('is refused, some seconds later, where S3 does not answer at all', async () => {
    const { error, lists, waitedMs } = await startAgainst(Array.from({ length: 9 }, () => away));
    expect({ error, lists }).toEqual({ error: away, lists: 4 });
    expect(waitedMs).toBeLessThan(10_000);
  });

  it('is refused at once where no repetition can mend it', async () => {
    const denied = new StreamerError('S3_ACCESS_DENIED', 'denied');
    expect(await startAgainst([denied])).toMatchObject({ error: denied, lists: 1 });
  });
});
