import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStateStore } from '../io/file-state-store.ts';
import { isStateInUse, openStateReader } from '../io/state-reader.ts';
import type { ObjectRef, StateCommit } from '../ports.ts';
import { CommandFixture, recordLine } from './fixture-command.ts';

const HOUR_MS = 3_600_000;
/** The beginning of an hour some hours ago. */
const HOUR_START_MS = (Math.floor(Date.now() / HOUR_MS) - 5) * HOUR_MS;

let fixture: CommandFixture;
beforeEach(() => {
  fixture = new CommandFixture();
});
afterEach(async () => fixture.close());

async function commit(changes: Partial<StateCommit>): Promise<void> {
  const store = openFileStateStore(fixture.stateFile);
  const head = { startFromMs: HOUR_START_MS - 100 * HOUR_MS, floorMs: HOUR_START_MS + HOUR_MS };
  await store.commit({ changes: [], quarantined: [], fulfilled: [], head, forgetBeforeMs: null, ...changes });
  await store.close();
}

function object(name: string, lastModifiedMs: number): ObjectRef {
  return { bucket: 'weblog', key: `logs/${name}`, etag: 'e', sizeBytes: 100, lastModifiedMs };
}

function complete(name: string, lastModifiedMs: number) {
  return { object: object(name, lastModifiedMs), settled: [], complete: true };
}

/** What the state holds now, without a process of its own. */
function stateNow(file = fixture.stateFile) {
  const reader = openStateReader(file);
  const head = reader?.head() ?? null;
  const completeCount = reader?.completeByHour().reduce((sum, { objects }) => sum + objects, 0);
  const partial = reader?.partialCount();
  reader?.close();
  return {
    complete: completeCount,
    partial,
    floor: iso(head?.floorMs ?? NaN),
    startFrom: iso(head?.startFromMs ?? NaN),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

describe('state show', () => {
  it('shows the head, the hours, partial objects with their ranges, and the file', async () => {
    await commit({
      changes: [
        complete('a', HOUR_START_MS),
        complete('b', HOUR_START_MS + 1),
        complete('c', HOUR_START_MS + HOUR_MS),
        {
          object: object('p', HOUR_START_MS + 5),
          settled: [
            { start: 0, end: 1_000 },
            { start: 2_000, end: 3_500 },
          ],
          complete: false,
        },
      ],
      quarantined: [
        {
          object: object('a', HOUR_START_MS),
          range: null,
          firstLine: null,
          lineCount: null,
          reason: 'object-gone',
          detail: 'x',
          atMs: 1,
        },
      ],
    });
    const config = fixture.writeConfig(['http://127.0.0.1:1']);
    const { code, stdout } = await fixture.run(['state', 'show', '-c', config, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      path: fixture.stateFile.replace('.json', '.db'),
      inUse: false,
      startFrom: iso(HOUR_START_MS - 100 * HOUR_MS),
      floor: iso(HOUR_START_MS + HOUR_MS),
      complete: 3,
      completeByHour: [
        { hour: iso(HOUR_START_MS), objects: 2 },
        { hour: iso(HOUR_START_MS + HOUR_MS), objects: 1 },
      ],
      partial: 1,
      partialObjects: [
        {
          key: 'logs/p',
          settled: [
            { start: 0, end: 1_000 },
            { start: 2_000, end: 3_500 },
          ],
        },
      ],
      quarantined: 1,
      wanted: 0,
    });
    const text = (await fixture.run(['state', 'show', '-c', config])).stdout;
    expect(text).toContain('2.5 kB: bytes 0-1,000, 2,000-3,500 of its content');
    expect(text).toContain(`${iso(HOUR_START_MS)}  2`);
    const newest = (await fixture.run(['state', 'show', '-c', config, '--hours', '1', '--json'])).stdout;
    expect(JSON.parse(newest)).toMatchObject({ complete: 3, completeByHour: [{ objects: 1 }] });
  });

  it('works beside a running streamer, without disturbing it', async () => {
    await fixture.startS3();
    await fixture.put('1760305292_56442_130_1.gz', recordLine('1'));
    const endpoint = await fixture.startEndpoint();
    const config = fixture.writeConfig([endpoint.url]);
    const streamer = fixture.start(config);
    await streamer.waitFor(({ msg }) => msg === 'object completed');
    await expect
      .poll(async () => JSON.parse((await fixture.run(['state', 'show', '-c', config, '--json'])).stdout), {
        timeout: 20_000,
      })
      .toMatchObject({ inUse: true, complete: 1 });
    await fixture.put('1760305292_56442_130_2.gz', recordLine('2'));
    await expect.poll(() => endpoint.bodies.length, { timeout: 20_000 }).toBe(2);
    expect((await streamer.stop()).code).toBe(0);
    expect(isStateInUse(fixture.stateFile)).toBe(false);
  });

  it('without a state says so, and creates none', async () => {
    const { code, stderr } = await fixture.run(['state', 'show', '-c', fixture.writeConfig(['http://127.0.0.1:1'])]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no state yet: .*state.db does not exist/);
    expect(readdirSync(fixture.folder)).toEqual(['config.yaml']);
  });
});

describe('state rewind', () => {
  it('has what was delivered from TIME on delivered again, and nothing older', async () => {
    await fixture.startS3();
    await fixture.put('1760305292_56442_130_1.gz', recordLine('1'));
    await fixture.put('1760305292_56442_130_2.gz', recordLine('2'));
    const endpoint = await fixture.startEndpoint();
    const config = fixture.writeConfig([endpoint.url]);
    const first = fixture.start(config);
    await expect.poll(() => endpoint.bodies.length, { timeout: 20_000 }).toBeGreaterThan(0);
    await first.waitFor(({ msg, key }) => msg === 'object completed' && String(key).endsWith('_1.gz'));
    await first.waitFor(({ msg, key }) => msg === 'object completed' && String(key).endsWith('_2.gz'));
    await first.stop();
    // One more, of long ago: it must stay done.
    const store = openFileStateStore(fixture.stateFile);
    const [old] = await fixture.list();
    const longAgo = { ...(old as ObjectRef), etag: 'older', lastModifiedMs: Date.now() - 50 * HOUR_MS };
    await store.commit({
      changes: [{ object: longAgo, settled: [], complete: true }],
      quarantined: [],
      fulfilled: [],
      head: null,
      forgetBeforeMs: null,
    });
    await store.close();

    const rewound = await fixture.run(['state', 'rewind', '-c', config, '--to', '2h ago', '--json']);
    expect(rewound.code).toBe(0);
    expect(JSON.parse(rewound.stdout)).toMatchObject({ completeObjects: 2, partialObjects: 0 });
    expect(stateNow()).toMatchObject({ complete: 1 });

    endpoint.bodies.length = 0;
    const second = fixture.start(config);
    await second.waitFor(({ msg, key }) => msg === 'object completed' && String(key).endsWith('_1.gz'));
    await second.waitFor(({ msg, key }) => msg === 'object completed' && String(key).endsWith('_2.gz'));
    await second.stop();
    expect(endpoint.bodies.join('').split('\n').toSorted()).toEqual([
      '',
      recordLine('1').trim(),
      recordLine('2').trim(),
    ]);
  });

  it('rounds down to the hour, moves floor and start back, and says how much is repeated', async () => {
    await commit({
      changes: [
        complete('before', HOUR_START_MS - 1),
        complete('a', HOUR_START_MS),
        complete('b', HOUR_START_MS + 2 * HOUR_MS),
        { object: object('p', HOUR_START_MS + 5), settled: [{ start: 0, end: 10 }], complete: false },
      ],
    });
    const config = fixture.writeConfig(['http://127.0.0.1:1']);
    const { code, stdout } = await fixture.run([
      'state',
      'rewind',
      '-c',
      config,
      '--to',
      iso(HOUR_START_MS + 1_800_000),
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain(`moved back to ${iso(HOUR_START_MS)}`);
    expect(stdout).toContain('at least 2 complete objects and 1 partial one will be delivered again');
    expect(stateNow()).toMatchObject({
      floor: iso(HOUR_START_MS),
      startFrom: iso(HOUR_START_MS - 100 * HOUR_MS),
      complete: 1,
      partial: 0,
    });
    const further = await fixture.run(['state', 'rewind', '-c', config, '--to', iso(HOUR_START_MS - 200 * HOUR_MS)]);
    expect(further.stdout).toMatch(/were not ours until now/);
    expect(stateNow()).toMatchObject({
      floor: iso(HOUR_START_MS - 200 * HOUR_MS),
      startFrom: iso(HOUR_START_MS - 200 * HOUR_MS),
      complete: 0,
    });
  });

  it('does not touch the state of a running streamer, nor move it forward', async () => {
    await commit({ changes: [complete('a', HOUR_START_MS)] });
    const config = fixture.writeConfig(['http://127.0.0.1:1']);
    const streamer = openFileStateStore(fixture.stateFile);
    const { code, stderr } = await fixture.run(['state', 'rewind', '-c', config, '--to', '2d ago']);
    await streamer.close();
    expect(code).toBe(2);
    expect(stderr).toMatch(/another process uses the state file .*: stop it/);
    const future = await fixture.run(['state', 'rewind', '-c', config, '--to', '2099-01-01']);
    expect(future.code).toBe(2);
    expect(future.stderr).toMatch(/lies in the future/);
    expect(stateNow()).toMatchObject({ complete: 1 });
  });
});

describe('state migrate', () => {
  const WATERMARK_MS = Date.UTC(2025, 9, 12, 21, 41, 32);
  const ORIGINAL = `${JSON.stringify(
    {
      last_processed_timestamp: WATERMARK_MS / 1000,
      last_processed_file: '/_weblog/1760305292_56442_130_1.gz',
      total_files_processed: 315_340,
      total_bytes_processed: 2_880_000_000_000,
      last_updated: WATERMARK_MS / 1000 + 120,
    },
    null,
    2,
  )}\n`;

  it("`run` stops at an original's state that is not taken over, with the command to type, and goes on after it", async () => {
    await fixture.startS3();
    await fixture.put('1760305292_56442_130_1.gz', recordLine('1'));
    const endpoint = await fixture.startEndpoint();
    const config = fixture.writeConfig([endpoint.url]);
    writeFileSync(fixture.stateFile, ORIGINAL);
    const refused = await fixture.run(['run', '--config', config]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      `s3-edgedelta-streamer state migrate --from ${fixture.stateFile} --config ${config}`,
    );
    expect(existsSync(fixture.stateFile.replace('.json', '.db'))).toBe(false);
    expect(endpoint.bodies).toEqual([]);

    const migrated = await fixture.run(['state', 'migrate', '--from', fixture.stateFile, '--config', config]);
    expect(migrated.code).toBe(0);
    expect(migrated.stdout).toContain(
      'watermark 2025-10-12T21:41:32Z (315,340 files, 2.88 TB); the file is not changed',
    );
    expect(migrated.stdout).toContain('begins at 2025-10-12T21:26:32Z, 15 min before it');
    expect(readFileSync(fixture.stateFile, 'utf8')).toBe(ORIGINAL);
    expect(stateNow()).toMatchObject({ startFrom: '2025-10-12T21:26:32Z', floor: '2025-10-12T21:26:32Z', complete: 0 });

    const streamer = fixture.start(config);
    await streamer.waitFor(({ msg }) => msg === 'object completed');
    expect((await streamer.stop()).code).toBe(0);
    expect(readFileSync(fixture.stateFile, 'utf8')).toBe(ORIGINAL);
  });

  it('takes the overlap that it is given, and trusts no watermark that is later than the last save', async () => {
    const from = `${fixture.folder}/from the original.json`;
    writeFileSync(from, JSON.stringify({ last_processed_timestamp: 4_102_444_800, last_updated: WATERMARK_MS / 1000 }));
    const config = fixture.writeConfig(['http://127.0.0.1:1']);
    const { code, stdout } = await fixture.run([
      'state',
      'migrate',
      '--from',
      from,
      '--overlap',
      '1h30m',
      '-c',
      config,
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ watermark: '2100-01-01T00:00:00Z', startFrom: '2025-10-12T20:11:32Z' });
  });

  it('does not overwrite a state; with --force sets it aside, whole', async () => {
    await commit({ changes: [complete('a', HOUR_START_MS)] });
    writeFileSync(fixture.stateFile, ORIGINAL);
    const config = fixture.writeConfig(['http://127.0.0.1:1']);
    const refused = await fixture.run(['state', 'migrate', '--from', fixture.stateFile, '-c', config]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/exists.*add --force/);
    expect(stateNow()).toMatchObject({ complete: 1 });
    const forced = await fixture.run([
      'state',
      'migrate',
      '--from',
      fixture.stateFile,
      '-c',
      config,
      '--force',
      '--json',
    ]);
    expect(forced.code).toBe(0);
    const { setAside }: { setAside: string } = JSON.parse(forced.stdout);
    expect(stateNow()).toMatchObject({ complete: 0, startFrom: '2025-10-12T21:26:32Z' });
    expect(stateNow(setAside)).toMatchObject({ complete: 1 });
  });

  it.each([
    ['no JSON', 'hello', /is no state of the original: it is not JSON/],
    ['another JSON', '{"a": 1}', /has no last_processed_timestamp/],
    ['no progress', '{"last_processed_timestamp": 0, "last_updated": 1760305292}', /holds no progress/],
  ])('says what is wrong with a file that holds %s', async (_, text, message) => {
    const from = `${fixture.folder}/odd.json`;
    writeFileSync(from, text);
    const config = fixture.writeConfig(['http://127.0.0.1:1']);
    const { code, stderr } = await fixture.run(['state', 'migrate', '--from', from, '-c', config]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
    expect(readdirSync(fixture.folder).toSorted()).toEqual(['config.yaml', 'odd.json']);
  });

  it('says which Redis does not answer, and no password', async () => {
    const config = fixture.writeConfig(['http://127.0.0.1:1']);
    const { code, stderr } = await fixture.run([
      'state',
      'migrate',
      '--from',
      'redis://:secret@127.0.0.1:1',
      '-c',
      config,
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Redis at 127\.0\.0\.1:1 does not answer/);
    expect(stderr).not.toMatch(/secret/);
  });
});
