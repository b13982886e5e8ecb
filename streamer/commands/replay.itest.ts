import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateReader } from '../io/state-reader.ts';
import { CommandFixture, type Endpoint, recordLine } from './fixture-command.ts';

let fixture: CommandFixture;
let endpoint: Endpoint;
beforeEach(async () => {
  fixture = new CommandFixture();
  await fixture.startS3();
  endpoint = await fixture.startEndpoint();
});
afterEach(async () => fixture.close());

function key(index: number): string {
  return `1760305292_56442_130_${index}.gz`;
}

/** Record ids that the endpoint accepted, in order. */
function accepted(from = 0): readonly string[] {
  return endpoint.bodies
    .slice(from)
    .flatMap((body) => [...body.matchAll(/"recordid":"([^"]+)"/g)].map(([, id]) => id ?? ''));
}

function wantedNow(): number | undefined {
  const reader = openStateReader(fixture.stateFile);
  const count = reader?.wantedCount();
  reader?.close();
  return count;
}

describe('replay', () => {
  it('delivers the objects of the period again, once, beside a running streamer, and nothing else', async () => {
    await fixture.put(key(1), recordLine('in-1'));
    await fixture.put(key(2), recordLine('in-2') + recordLine('in-3'));
    const config = fixture.writeConfig([endpoint.url]);
    const streamer = fixture.start(config);
    await expect.poll(() => accepted().length, { timeout: 20_000 }).toBe(3);
    // LastModified is told in whole seconds.
    await sleep(2_100);
    const endMs = Math.floor(Date.now() / 1000) * 1000;
    await fixture.put(key(3), recordLine('after'));
    await expect.poll(() => accepted().length, { timeout: 20_000 }).toBe(4);

    const dry = await fixture.run([
      'replay',
      '-c',
      config,
      '--from',
      '1h ago',
      '--to',
      String(endMs / 1000),
      '--dry-run',
      '--json',
    ]);
    expect(JSON.parse(dry.stdout)).toMatchObject({ objects: 2, again: 2, dryRun: true });
    expect(wantedNow()).toBe(0);
    const replayed = await fixture.run(['replay', '-c', config, '--from', '1h ago', '--to', String(endMs / 1000)]);
    expect(replayed.code).toBe(0);
    expect(replayed.stdout).toMatch(
      /asked for: 2 objects, .* 2 of them delivered before; the running streamer takes them up .* as backlog/,
    );
    await expect.poll(wantedNow, { timeout: 20_000 }).toBe(0);
    expect(accepted(0).slice(4).toSorted()).toEqual(['in-1', 'in-2', 'in-3']);
    // They are no news: nobody may take their age for lag.
    expect(streamer.lines.filter(({ msg, isWanted }) => msg === 'object completed' && isWanted === true).length).toBe(
      2,
    );
    expect((await streamer.stop()).code).toBe(0);

    // Done is done: the next run repeats nothing.
    const count = endpoint.bodies.length;
    const next = fixture.start(config);
    await next.waitFor(({ msg }) => msg === 'streamer started');
    await sleep(1_000);
    await next.stop();
    expect(endpoint.bodies.length).toBe(count);
  });

  it('asked for while the streamer is stopped, and killed half way, is finished by the next run', async () => {
    for (let index = 0; index < 20; index += 1) await fixture.put(key(index), recordLine(`r-${index}`));
    const config = fixture.writeConfig([endpoint.url], {
      http: { endpoints: [endpoint.url], workers: 1, batch_lines: 1 },
      processing: { start_from: 'beginning', delay_window: '0s', worker_count: 1 },
    });
    const first = fixture.start(config);
    await expect.poll(() => accepted().length, { timeout: 20_000 }).toBe(20);
    await sleep(300);
    await first.stop();

    const replayed = await fixture.run(['replay', '-c', config, '--from', '1h ago']);
    expect(replayed.stdout).toMatch(/the streamer takes them up when it runs next/);
    expect(wantedNow()).toBe(20);
    let posts = 0;
    endpoint.answer = (_, response) => {
      posts += 1;
      // Each takes a while, so that the kill finds some done and some not.
      setTimeout(() => response.end(), 50);
    };
    const again = endpoint.bodies.length;
    const second = fixture.start(config);
    await expect.poll(() => posts, { timeout: 20_000 }).toBeGreaterThan(8);
    await second.stop('SIGKILL');
    const third = fixture.start(config);
    await expect.poll(wantedNow, { timeout: 30_000 }).toBe(0);
    await third.stop();
    // All of them, at least once; beyond that only what was not durable at the kill.
    const ids = accepted(again);
    expect(new Set(ids).size).toBe(20);
    expect(ids.length).toBeLessThan(20 + 10);
  });

  it('of nothing proves nothing, and says what to look at', async () => {
    const config = fixture.writeConfig([endpoint.url]);
    expect((await fixture.run(['replay', '-c', config, '--from', '2h ago'])).stderr).toMatch(/there is no state yet/);
    const streamer = fixture.start(config);
    await streamer.waitFor(({ msg }) => msg === 'streamer started');
    await streamer.stop();
    const { code, stderr } = await fixture.run(['replay', '-c', config, '--from', '2h ago']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/nothing to replay. Check --from, --to and s3.prefix/);
  });
});
