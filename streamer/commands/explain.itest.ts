import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStateStore } from '../io/file-state-store.ts';
import type { ObjectRef } from '../ports.ts';
import { CommandFixture, PREFIX, recordLine } from './fixture-command.ts';

interface Explanation {
  readonly firstStart: boolean;
  readonly notes: readonly string[];
  readonly read: Readonly<Record<string, number>>;
  readonly order: readonly { readonly turn: string; readonly key: string }[];
  readonly skipped: Readonly<Record<string, { readonly count: number; readonly examples: readonly string[] }>>;
  readonly requests: { readonly list: number; readonly get: number; readonly listPerHour: number };
  readonly estimate: { readonly seconds: number | null; readonly how: string };
}

let fixture: CommandFixture;
beforeEach(async () => {
  fixture = new CommandFixture();
  await fixture.startS3();
});
afterEach(async () => fixture.close());

async function explain(config: string, ...args: readonly string[]): Promise<Explanation> {
  const { code, stdout, stderr } = await fixture.run(['explain', '-c', config, '--json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

function below(keys: readonly string[]): readonly string[] {
  return keys.map((key) => PREFIX + key);
}

describe('explain', () => {
  it('orders as the streamer reads, and names the reason for all that it does not read', async () => {
    const nowS = Math.floor(Date.now() / 1000);
    // In the order in which they become readable; LIST gives _1, _10, _2.
    const live = [
      `${nowS - 500}_5_6_1.gz`,
      ...['_1', '_2', '_4', '_10'].map((sequence) => `${nowS - 400}_5_6${sequence}.gz`),
    ];
    const waiting = ['_1', '_2', '_10'].map((sequence) => `${nowS}_5_6${sequence}.gz`);
    const others = [`${nowS - 400}_5_6_3.gz`, 'notes.txt', 'year=2024/month=9/day=9/1725870000_5_6_1.gz'];
    for (const key of [...live, ...waiting, ...others]) await fixture.put(key, recordLine(key));
    await fixture.put('marker/', new Uint8Array());
    const objects = await fixture.list();
    const named = (end: string): ObjectRef => objects.find(({ key }) => key.endsWith(end)) as ObjectRef;
    const store = openFileStateStore(fixture.stateFile);
    await store.commit({
      changes: [
        { object: named('_3.gz'), settled: [], complete: true },
        { object: named('_4.gz'), settled: [{ start: 0, end: 5 }], complete: false },
      ],
      quarantined: [],
      fulfilled: [],
      head: { startFromMs: 0, floorMs: Date.now() - 3_600_000 },
      forgetBeforeMs: null,
    });
    await store.close();
    const config = fixture.writeConfig(['http://127.0.0.1:1'], {
      processing: { start_from: 'beginning', delay_window: '300s' },
    });
    const before = readdirSync(fixture.folder).toSorted();
    const stateBefore = readFileSync(fixture.stateFile.replace('.json', '.db'));

    const { firstStart, read, order, skipped, requests, estimate } = await explain(config);
    expect(firstStart).toBe(false);
    expect(order.map(({ turn, key }) => [turn, key])).toEqual([
      ...below(live).map((key) => ['live', key]),
      ...below(waiting).map((key) => ['waiting', key]),
    ]);
    expect(read).toMatchObject({ objects: 8, live: 5, backlog: 0, waiting: 3, partial: 1 });
    expect(skipped).toMatchObject({
      complete: { count: 1, examples: below([`${nowS - 400}_5_6_3.gz`]) },
      'name-mismatch': { count: 1, examples: below(['notes.txt']) },
      'folder-marker': { count: 1 },
      'folder-outside-lookback': { count: 1, examples: below(['year=2024/']) },
    });
    expect(requests).toMatchObject({ get: 8 });
    expect(requests.list).toBe(2);
    expect(estimate.seconds).toBeGreaterThan(0);
    expect(estimate.how).toMatch(/2 LISTs took .*3 objects read just now.*endpoints are assumed to keep up/);
    expect(readdirSync(fixture.folder).toSorted()).toEqual(expect.arrayContaining(before));
    expect(readFileSync(fixture.stateFile.replace('.json', '.db'))).toEqual(stateBefore);

    const text = (await fixture.run(['explain', '-c', config, '--limit', '1', '--no-sample'])).stdout;
    expect(text).toMatch(/would be read: 8 objects/);
    expect(text).toMatch(/in this order \(the first 1\):\n.*_5_6_1.gz\n\n/);
    expect(text).toMatch(/1 {2}name-mismatch: the name does not fit the format\n +logs\/notes.txt/);
    expect(text).toMatch(/no object was read to tell/);
  });

  it('agrees with what the streamer then does', async () => {
    for (const key of ['1760305292_5_6_1.gz', '1760305292_5_6_10.gz', '1760305292_5_6_2.gz', 'notes.txt'])
      await fixture.put(key, recordLine(key));
    const endpoint = await fixture.startEndpoint();
    const config = fixture.writeConfig([endpoint.url], {
      http: { endpoints: [endpoint.url], workers: 1, batch_lines: 1 },
      processing: { start_from: 'beginning', delay_window: '0s', worker_count: 1 },
    });
    const explained = await explain(config, '--limit', '0');
    expect(explained.firstStart).toBe(true);
    expect(endpoint.methods).toEqual([]);
    const streamer = fixture.start(config);
    await expect.poll(() => endpoint.bodies.length, { timeout: 20_000 }).toBe(3);
    await streamer.stop();
    expect(endpoint.bodies.map((body) => PREFIX + (/"recordid":"([^"]+)"/.exec(body)?.[1] ?? ''))).toEqual(
      explained.order.map(({ key }) => key),
    );
    const after = await explain(config);
    expect(after.read).toMatchObject({ objects: 0 });
    expect(after.skipped['complete']).toMatchObject({ count: 3 });
  });

  it('at a first start tells where it begins, and that an original is to be taken over', async () => {
    await fixture.put('1760305292_5_6_1.gz', recordLine('a'));
    writeFileSync(fixture.stateFile, '{"last_processed_timestamp": 1760305292}');
    const config = fixture.writeConfig(['http://127.0.0.1:1'], { processing: { start_from: '2099-01-01' } });
    const { firstStart, notes, read, skipped } = await explain(config);
    expect(firstStart).toBe(true);
    expect(notes).toEqual([expect.stringContaining('state migrate --from')]);
    expect(read).toMatchObject({ objects: 0 });
    expect(skipped['before-start']).toMatchObject({ count: 1 });
    expect(readdirSync(fixture.folder).toSorted()).toEqual(['config.yaml', 'state.json']);
  });

  it('works beside a running streamer, whose lock it does not want', async () => {
    const store = openFileStateStore(fixture.stateFile);
    await store.commit({
      changes: [],
      quarantined: [],
      fulfilled: [],
      head: { startFromMs: 0, floorMs: 0 },
      forgetBeforeMs: null,
    });
    await fixture.put('1760305292_5_6_1.gz', recordLine('a'));
    const { read } = await explain(fixture.writeConfig(['http://127.0.0.1:1']));
    expect(read).toMatchObject({ objects: 1 });
    await store.close();
  });
});
