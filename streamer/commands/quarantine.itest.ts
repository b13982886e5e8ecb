import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStateStore } from '../io/file-state-store.ts';
import { openStateReader, type QuarantineEntry } from '../io/state-reader.ts';
import { CommandFixture, type Endpoint, PREFIX, recordLine, type RunningCommand } from './fixture-command.ts';

const KEY = '1760305292_56442_130_1.gz';

let fixture: CommandFixture;
let endpoint: Endpoint;
beforeEach(async () => {
  fixture = new CommandFixture();
  await fixture.startS3();
  endpoint = await fixture.startEndpoint();
});
afterEach(async () => fixture.close());

/** Refuses what holds a bad line. */
function refuseBadLines(): void {
  endpoint.answer = (_, response, body) => {
    response.writeHead(body.includes('bad') ? 400 : 200);
    response.end(body.includes('bad') ? 'no such field' : '');
  };
}

function acceptAll(): void {
  endpoint.answer = (_, response) => response.end();
}

function entries(): readonly QuarantineEntry[] {
  const reader = openStateReader(fixture.stateFile);
  const all = reader?.quarantined({ isClosedToo: true }) ?? [];
  reader?.close();
  return all;
}

async function untilStatus(...statuses: readonly string[]): Promise<void> {
  await expect.poll(() => entries().map(({ status }) => status), { timeout: 30_000 }).toEqual(statuses);
}

/** Lines that were accepted, and how often each. */
function acceptedLines(from = 0): readonly string[] {
  return endpoint.bodies
    .slice(from)
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();
}

async function completeOnce(streamer: RunningCommand): Promise<void> {
  await streamer.waitFor(({ msg }) => msg === 'object completed');
}

describe('quarantine', () => {
  it('a refused line is listed, and delivered by the running streamer once it is retried and accepted', async () => {
    const lines = ['good-1', 'bad-1', 'good-2', 'bad-2'].map(recordLine);
    refuseBadLines();
    // A refusal is the data's fault only where something was accepted before.
    await fixture.put('1760305291_56442_130_1.gz', recordLine('first'));
    const config = fixture.writeConfig([endpoint.url]);
    const streamer = fixture.start(config);
    await completeOnce(streamer);
    await fixture.put(KEY, lines.join(''));
    await untilStatus('open', 'open');

    const listed = await fixture.run(['quarantine', 'list', '-c', config, '--json']);
    expect(listed.code).toBe(0);
    const records = listed.stdout
      .trimEnd()
      .split('\n')
      .map((line): { firstLine: number; range: { start: number } } => JSON.parse(line));
    expect(records.toSorted((a, b) => a.firstLine - b.firstLine)).toMatchObject([
      {
        reason: 'refused',
        status: 'open',
        key: PREFIX + KEY,
        firstLine: 1,
        lineCount: 1,
        detail: expect.stringContaining('no such field'),
      },
      { reason: 'refused', firstLine: 3 },
    ]);
    const text = (await fixture.run(['quarantine', 'list', '-c', config, '--key', '*130_1.gz', '--since', '1h ago']))
      .stdout;
    expect(text).toMatch(/refused {2}open\n.*s3:\/\/weblog\/logs\/1760305292_56442_130_1.gz.*\n.*line 2, bytes/);

    acceptAll();
    const before = endpoint.bodies.length;
    const retried = await fixture.run(['quarantine', 'retry', '-c', config, '--reason', 'refused']);
    expect(retried.code).toBe(0);
    expect(retried.stdout).toMatch(/asked for: 2 records of 1 object; the running streamer takes them up/);
    await untilStatus('resolved', 'resolved');
    // Exactly the two lines: what was delivered before is not repeated.
    expect(acceptedLines(before)).toEqual([lines[1]?.trim(), lines[3]?.trim()]);
    expect((await streamer.stop()).code).toBe(0);
    const empty = await fixture.run(['quarantine', 'list', '-c', config]);
    expect(empty.stdout).toBe('nothing is in quarantine\n');
    const closed = await fixture.run(['quarantine', 'list', '-c', config, '--closed']);
    expect(closed.stdout).toMatch(/#1 .*resolved 2\d{3}-/);
  });

  it('what fails again is quarantined again, as a new record, and nothing good is repeated', async () => {
    const content = Array.from({ length: 2_000 }, (_, index) =>
      recordLine(`${index}-${(index * 7_919) % 10_007}`),
    ).join('');
    const stored = gzipSync(content);
    await fixture.put(KEY, stored.subarray(0, stored.length - 1_000));
    const config = fixture.writeConfig([endpoint.url]);
    const first = fixture.start(config);
    await untilStatus('open');
    await first.stop();
    const [record] = entries();
    expect(record).toMatchObject({ reason: 'gzip-truncated', range: null });
    const delivered = acceptedLines();
    expect(delivered.length).toBeGreaterThan(0);
    expect(new Set(delivered).size).toBe(delivered.length);

    const retried = await fixture.run(['quarantine', 'retry', '-c', config, '--all', '--json']);
    expect(JSON.parse(retried.stdout)).toEqual({ records: 1, objects: 1, postponed: 0 });
    await untilStatus('retrying');
    const second = fixture.start(config);
    await untilStatus('quarantined-again', 'open');
    await second.stop();
    expect(acceptedLines()).toEqual(delivered);
  });

  it('a line that was too long is delivered once the limit allows it, after a kill -9 in between', async () => {
    const long = recordLine('x'.repeat(2_000));
    await fixture.put(KEY, recordLine('a') + long + recordLine('b'));
    const strict = fixture.writeConfig([endpoint.url], {
      processing: { start_from: 'beginning', delay_window: '0s', max_line_bytes: '1KiB' },
    });
    const first = fixture.start(strict);
    await completeOnce(first);
    await untilStatus('open');
    await first.stop();
    expect(acceptedLines()).toEqual([recordLine('a').trim(), recordLine('b').trim()]);

    const config = fixture.writeConfig([endpoint.url]);
    await fixture.run(['quarantine', 'retry', '-c', config, '--key', PREFIX + KEY]);
    // The endpoint is down when the line is tried for the first time, and the streamer is killed.
    endpoint.answer = (_, response) => response.writeHead(503).end();
    const before = endpoint.bodies.length;
    const killed = fixture.start(config);
    await expect.poll(() => endpoint.bodies.length, { timeout: 20_000 }).toBeGreaterThan(before);
    await killed.stop('SIGKILL');
    acceptAll();
    const resumed = endpoint.bodies.length;
    const second = fixture.start(config);
    await untilStatus('resolved');
    await second.stop();
    expect(acceptedLines(resumed)).toEqual([long.trim()]);
  });

  it('leaves alone what belongs to an object that is still under way: its other lines would count as delivered', async () => {
    await fixture.put(KEY, recordLine('a'));
    const [object] = await fixture.list();
    if (object === undefined) throw new Error('no object');
    const store = openFileStateStore(fixture.stateFile);
    await store.commit({
      changes: [{ object, settled: [{ start: 0, end: 10 }], complete: false }],
      quarantined: [
        { object, range: { start: 0, end: 10 }, firstLine: 0, lineCount: 1, reason: 'refused', detail: 'x', atMs: 1 },
      ],
      fulfilled: [],
      head: { startFromMs: 0, floorMs: 0 },
      forgetBeforeMs: null,
    });
    await store.close();
    const config = fixture.writeConfig([endpoint.url]);
    const retried = await fixture.run(['quarantine', 'retry', '-c', config, '--all']);
    expect(retried.stdout).toMatch(/left alone: 1 record of objects that are not complete yet/);
    expect(entries()).toMatchObject([{ status: 'open' }]);
  });

  it('retries nothing that was not named', async () => {
    const config = fixture.writeConfig([endpoint.url]);
    const { code, stderr } = await fixture.run(['quarantine', 'retry', '-c', config]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--reason, --key, --since, or --all/);
  });
});
