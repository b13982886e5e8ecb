import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { openFileStateStore } from '../io/file-state-store.ts';
import { openStateReader } from '../io/state-reader.ts';
import type { ObjectRef, StateChange } from '../ports.ts';
import { CommandFixture, PREFIX, recordLine } from './fixture-command.ts';

const OBJECT_COUNT = 2_000;
const HOUR_MS = 3_600_000;

/** As the streamer leaves it: these changes, and a head. */
async function writeState(
  fixture: CommandFixture,
  changes: readonly StateChange[],
  { startFromMs = 0, forgetBeforeMs = null as number | null } = {},
): Promise<void> {
  const store = openFileStateStore(fixture.stateFile);
  // All that is older than now was dealt with: no sweep of a streamer looks for it again.
  await store.commit({
    changes,
    quarantined: [],
    fulfilled: [],
    head: { startFromMs, floorMs: Date.now() },
    forgetBeforeMs,
  });
  await store.close();
}

function complete(object: ObjectRef): StateChange {
  return { object, settled: [], complete: true };
}

describe('audit of 2,000 objects, of which 3 were never delivered', () => {
  const neverDelivered = [7, 1_000, 1_999];
  let fixture: CommandFixture;
  let config: string;
  let missingKeys: readonly string[];

  beforeAll(async () => {
    fixture = new CommandFixture();
    await fixture.startS3();
    // Several days and hours, an object that arrived in a folder of long ago, and names of one second in string order: _1, _10, _2.
    const keyOf = (index: number): string => {
      const folder = index % 500 === 499 ? 'year=2024/month=1/day=9/' : `year=2025/month=10/day=${9 + (index % 3)}/`;
      return `${folder}17603052${10 + (index % 80)}_56442_130_${index}.gz`;
    };
    for (let index = 0; index < OBJECT_COUNT; index += 1) await fixture.put(keyOf(index), recordLine(String(index)));
    missingKeys = neverDelivered.map((index) => PREFIX + keyOf(index)).toSorted();
    const objects = await fixture.list();
    expect(objects.length).toBe(OBJECT_COUNT);
    await writeState(fixture, objects.filter(({ key }) => !missingKeys.includes(key)).map(complete));
    config = fixture.writeConfig(['http://127.0.0.1:1']);
  });
  afterAll(async () => fixture.close());

  it('names exactly those 3, and ends with exit code 1', async () => {
    const { code, stdout, stderr } = await fixture.run(['audit', '--config', config, '--from', '1h ago', '--json']);
    expect(code).toBe(1);
    const result: { counts: object; missing: { key: string }[]; requeued: number } = JSON.parse(stdout);
    expect(result.missing.map(({ key }) => key).toSorted()).toEqual(missingKeys);
    expect(result.counts).toEqual({ complete: 1_997, partial: 0, quarantined: 0, waiting: 0, missing: 3, unknown: 0 });
    expect(result.requeued).toBe(0);
    expect(stderr).toMatch(/3 objects of the period not delivered.*--requeue/);
  });

  it('says the same to people', async () => {
    const { code, stdout } = await fixture.run(['audit', '-c', config, '--from', '-1h']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/2,000 objects last modified from/);
    expect(stdout).toMatch(/ 1,997 +delivered\n/);
    const named = stdout.split('\n').filter((line) => line.includes('s3://'));
    expect(named.length).toBe(3);
    for (const key of missingKeys) expect(stdout).toContain(`s3://weblog/${key}`);
  });

  it('with --requeue has them delivered, once, and nothing else', async () => {
    const endpoint = await fixture.startEndpoint();
    // The look-back of this streamer would never find the one in the old folder.
    const running = fixture.writeConfig([endpoint.url]);
    const { code, stderr } = await fixture.run(['audit', '-c', running, '--from', '1h ago', '--requeue']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/3 objects asked for: the streamer reads them when it runs next/);
    const streamer = fixture.start(running);
    await expect.poll(() => endpoint.bodies.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    await expect.poll(() => openStateReader(fixture.stateFile)?.wantedCount(), { timeout: 10_000 }).toBe(0);
    expect((await streamer.stop()).code).toBe(0);
    const delivered = endpoint.bodies
      .join('')
      .split('\n')
      .filter((line) => line !== '')
      .toSorted();
    expect(delivered).toEqual(neverDelivered.map((index) => recordLine(String(index)).trim()).toSorted());
    const after = await fixture.run(['audit', '-c', running, '--from', '1h ago', '--json']);
    expect(after.code).toBe(0);
  });
});

describe('audit', () => {
  let fixture: CommandFixture;
  beforeEach(async () => {
    fixture = new CommandFixture();
    await fixture.startS3();
  });
  afterEach(async () => fixture.close());

  async function audit(config: string, ...args: readonly string[]) {
    const result = await fixture.run(['audit', '-c', config, '--from', '1h ago', '--json', ...args]);
    return {
      ...result,
      counts: result.stdout === '' ? null : (JSON.parse(result.stdout) as { counts: object }).counts,
    };
  }

  it('beyond what state remembers says "unknown", and proves nothing when that is all', async () => {
    await fixture.put('1760305292_56442_130_1.gz', recordLine('1'));
    // Forgotten up to the end of the hour that is now.
    await writeState(fixture, [], { forgetBeforeMs: Date.now() + HOUR_MS });
    const { code, counts, stderr } = await audit(fixture.writeConfig(['http://127.0.0.1:1']));
    expect(counts).toMatchObject({ unknown: 1, missing: 0 });
    expect(code).toBe(3);
    expect(stderr).toMatch(/audit.retention/);
  });

  it('tells apart what is not ours, not yet due, delivered in part and set aside', async () => {
    const nowS = Math.floor(Date.now() / 1000);
    await fixture.put('1760305292_1_1_1.gz', recordLine('partial'));
    await fixture.put('1760305292_1_1_2.gz', recordLine('quarantined'));
    await fixture.put(`${nowS}_1_1_3.gz`, recordLine('waiting'));
    await fixture.put('notes.txt', 'not a log');
    await fixture.put('folder/', new Uint8Array());
    const objects = await fixture.list();
    const named = (name: string): ObjectRef => objects.find(({ key }) => key.endsWith(name)) as ObjectRef;
    const store = openFileStateStore(fixture.stateFile);
    await store.commit({
      changes: [
        { object: named('_1.gz'), settled: [{ start: 0, end: 10 }], complete: false },
        complete(named('_2.gz')),
      ],
      quarantined: [
        {
          object: named('_2.gz'),
          range: { start: 0, end: 10 },
          firstLine: 0,
          lineCount: 1,
          reason: 'refused',
          detail: 'answered 400',
          atMs: 1,
        },
      ],
      fulfilled: [],
      head: { startFromMs: 0, floorMs: 0 },
      forgetBeforeMs: null,
    });
    await store.close();
    const config = fixture.writeConfig(['http://127.0.0.1:1'], {
      processing: { start_from: 'beginning', delay_window: '10m' },
    });
    const { code, stdout } = await audit(config);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      counts: { complete: 0, partial: 1, quarantined: 1, waiting: 1, missing: 0, unknown: 0 },
      notOurs: { 'name-mismatch': 1, 'folder-marker': 1 },
    });
  });

  it('is no proof when there is nothing in the period, or no state, or no period', async () => {
    const config = fixture.writeConfig(['http://127.0.0.1:1']);
    const withoutState = await audit(config);
    expect(withoutState.code).toBe(2);
    expect(withoutState.stderr).toMatch(/there is no state yet.*state.file_path/);
    await writeState(fixture, []);
    const empty = await audit(config);
    expect(empty.code).toBe(3);
    expect(empty.stderr).toMatch(/nothing was compared. Check --from/);
    const backwards = await audit(config, '--to', '2h ago');
    expect(backwards.code).toBe(2);
    expect(backwards.stderr).toMatch(/is not before --to/);
  });

  it('with --skip-other-dates looks only into folders of the period', async () => {
    const today = new Date();
    const folder = `year=${today.getUTCFullYear()}/month=${today.getUTCMonth() + 1}/day=${today.getUTCDate()}/`;
    await fixture.put(`${folder}1760305292_1_1_1.gz`, recordLine('a'));
    await fixture.put('year=2024/month=1/day=9/1760305292_1_1_1.gz', recordLine('b'));
    await writeState(fixture, []);
    const config = fixture.writeConfig(['http://127.0.0.1:1']);
    // One minute past midnight the folder of today begins within the period, too.
    expect((await audit(config, '--skip-other-dates')).counts).toMatchObject({ missing: 1 });
    expect((await audit(config)).counts).toMatchObject({ missing: 2 });
  });

  it('a denied or missing bucket is told with its cure', async () => {
    await writeState(fixture, []);
    const config = fixture.writeConfig(['http://127.0.0.1:1'], { s3: { bucket: 'no-such-bucket' } });
    const { code, stderr } = await audit(config);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no such bucket: check s3.bucket/);
  });
});
