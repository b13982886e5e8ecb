/** What a world may take for told. Seed 95: lines that had come into a journal 40 ms before another was given their object were none of it. */
import { describe, expect, it } from 'vitest';
import type { Forgotten } from './forgotten.ts';
import { Judge } from './invariants.ts';
import { JournalWatch } from './journal-watch.ts';
import { Truth } from './truth.ts';
import { VirtualTime } from './virtual-time.ts';

const START_MS = 1_765_324_556_414;
const LEASE_TTL_MS = 5_000;
const [HOST, OTHER_HOST] = [1, 2];
const ALL = [{ start: 0, end: Infinity }];
const NO_REQUEST = -Infinity;
const NO_MARK = (): number => -Infinity;

function forgotten(lastWantedSeq: number, markOf: (session: string) => number, isAllTold = true): Forgotten {
  return { lastWantedSeq, markOf, tellsAll: () => isAllTold };
}

function setUp() {
  const time = new VirtualTime(START_MS);
  const nowMs = (): number => time.nowMs;
  const truth = new Truth({ judge: new Judge(nowMs), nowMs });
  const place = {
    bucket: 'logs',
    key: 'web/1',
    lastModifiedMs: START_MS,
    visibleMs: START_MS,
    standing: 'owed',
  } as const;
  const version = truth.addVersion(place, 1);
  const object = { ...place, etag: version.content.etag, sizeBytes: 1 };
  const commit = {
    changes: [{ object, settled: [], complete: true }],
    ...{ quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null },
  };
  const watch = new JournalWatch({ truth, time, leaseTtlMs: LEASE_TTL_MS });
  return {
    watch,
    version,
    commit,
    isOwedBy: (...hosts: readonly number[]) =>
      watch.mustHaveTold(
        version,
        0,
        hosts.reduce((bits, host) => bits | (1 << host), 0),
      ),
    passTime: async (ms: number) => {
      const untilMs = time.nowMs + ms;
      time.at(untilMs, null, () => undefined);
      await time.run(() => time.nowMs >= untilMs, 10);
    },
  };
}

it('what stood in the journal when Redis forgot must be told, by whose journal it is', () => {
  const { watch, commit, isOwedBy } = setUp();
  watch.onJournaled(HOST, commit);
  expect(isOwedBy(HOST)).toBe(false);
  watch.onForgotten(forgotten(NO_REQUEST, NO_MARK));
  expect([isOwedBy(HOST), isOwedBy(OTHER_HOST), isOwedBy(HOST, OTHER_HOST)]).toEqual([true, false, true]);
});

it('what came into the journal later must be told a lease after the instance knew that it is there', async () => {
  const { watch, commit, isOwedBy, passTime } = setUp();
  watch.onForgotten(forgotten(NO_REQUEST, NO_MARK));
  watch.onJournaled(HOST, commit);
  await passTime(2 * LEASE_TTL_MS);
  watch.onRecorded(HOST, commit);
  await passTime(LEASE_TTL_MS - 1);
  expect(isOwedBy(HOST)).toBe(false);
  await passTime(1);
  expect(isOwedBy(HOST)).toBe(true);
});

describe('what Redis dropped, as all of the object was asked for again', () => {
  it('need not be told by who had it in the journal then', () => {
    const { watch, version, commit, isOwedBy } = setUp();
    watch.onJournaled(HOST, commit);
    watch.onRecorded(HOST, commit);
    watch.onDropped(version, ALL, 7);
    watch.onJournaled(OTHER_HOST, commit);
    watch.onForgotten(forgotten(7, NO_MARK));
    expect([isOwedBy(HOST), isOwedBy(OTHER_HOST)]).toEqual([false, true]);
  });

  it('must be told where its commit began only after that', () => {
    const { watch, version, commit, isOwedBy } = setUp();
    watch.onJournaled(HOST, commit);
    watch.onDropped(version, ALL, 7);
    watch.onRecorded(HOST, commit);
    watch.onForgotten(forgotten(7, NO_MARK));
    expect(isOwedBy(HOST)).toBe(true);
  });

  it('is not what Redis did not know then', () => {
    const { watch, version, commit, isOwedBy } = setUp();
    watch.onJournaled(HOST, commit);
    watch.onRecorded(HOST, commit);
    watch.onDropped(version, [], 7);
    watch.onForgotten(forgotten(7, NO_MARK));
    expect(isOwedBy(HOST)).toBe(true);
  });

  it('must be told where Redis has forgotten the request, too, and only that of an earlier one need not', () => {
    const { watch, version, commit, isOwedBy } = setUp();
    watch.onJournaled(HOST, commit);
    watch.onDropped(version, ALL, 7);
    watch.onJournaled(OTHER_HOST, commit);
    watch.onDropped(version, ALL, 9);
    watch.onForgotten(forgotten(8, NO_MARK));
    expect([isOwedBy(HOST), isOwedBy(OTHER_HOST)]).toEqual([false, true]);
    watch.onForgotten(forgotten(NO_REQUEST, NO_MARK));
    expect([isOwedBy(HOST), isOwedBy(OTHER_HOST)]).toEqual([true, true]);
  });
});

describe('a completion that Redis refused, as the claim was lost', () => {
  const refusal = { host: HOST, session: 'a', number: 4 };
  const refuse = ({ watch, version, commit }: ReturnType<typeof setUp>): void => {
    for (const host of [HOST, OTHER_HOST]) watch.onJournaled(host, commit);
    watch.onRecorded(HOST, commit);
    watch.onRefused(version, refusal);
  };

  it('need not be told by whose it was, where Redis knows of the refusal still', () => {
    const set = setUp();
    refuse(set);
    set.watch.onForgotten(forgotten(NO_REQUEST, () => 4));
    expect([set.isOwedBy(HOST), set.isOwedBy(OTHER_HOST)]).toEqual([false, true]);
  });

  it.each<[string, (set: ReturnType<typeof setUp>) => void, number]>([
    ['where the refusal is forgotten, too', () => undefined, 3],
    ['where it was saved again', ({ watch, commit }) => watch.onRecorded(HOST, commit), 5],
    ['where it was told since', ({ watch, version }) => watch.onTold(version, HOST), 5],
  ])('must be told %s', (_name, then, mark) => {
    const set = setUp();
    refuse(set);
    then(set);
    set.watch.onForgotten(forgotten(NO_REQUEST, () => mark));
    expect(set.isOwedBy(HOST)).toBe(true);
  });

  it('must be told where Redis knew it before', () => {
    const set = setUp();
    set.version.durable[0] = 1;
    refuse(set);
    set.watch.onForgotten(forgotten(NO_REQUEST, () => 4));
    expect(set.isOwedBy(HOST)).toBe(true);
  });
});

describe('what stands in the journal, and its instance does not know that', () => {
  const forget = ({ watch }: ReturnType<typeof setUp>): void =>
    watch.onForgotten(forgotten(NO_REQUEST, NO_MARK, false));

  it('need not be told by who does not tell all', () => {
    const set = setUp();
    set.watch.onJournaled(HOST, set.commit);
    forget(set);
    expect(set.isOwedBy(HOST)).toBe(false);
  });

  it.each<[string, (set: ReturnType<typeof setUp>) => void]>([
    ['its write has returned', ({ watch, commit }) => watch.onRecorded(HOST, commit)],
    ['it came again with the next', ({ watch, commit }) => watch.onRecorded(HOST, { ...commit })],
    ['another instance has started there', ({ watch }) => watch.onStarted(HOST)],
  ])('must be told once %s', (_name, then) => {
    const set = setUp();
    set.watch.onJournaled(HOST, set.commit);
    then(set);
    forget(set);
    expect(set.isOwedBy(HOST)).toBe(true);
  });

  it('must be told by another in whose journal it stands', () => {
    const set = setUp();
    for (const host of [HOST, OTHER_HOST]) set.watch.onJournaled(host, set.commit);
    set.watch.onRecorded(OTHER_HOST, set.commit);
    set.watch.onJournaled(HOST, set.commit);
    forget(set);
    expect([set.isOwedBy(HOST), set.isOwedBy(OTHER_HOST)]).toEqual([false, true]);
  });
});
