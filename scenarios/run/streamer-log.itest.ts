import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamerLog } from './streamer-log.ts';

const started = { time: '2026-11-24T22:00:00.250Z', version: '0.1.0', msg: 'streamer started' };
const totals = {
  time: '2026-11-24T22:00:10Z',
  listRequests: 5,
  getRequests: 2,
  postRequests: 20,
  s3FilesErrored: 1,
  s3Throttled: 2,
  httpErrors: 3,
  httpBufferDrops: 0,
  eventLoopDelayP99Ms: 12,
  inFlightBytes: 1_000,
  msg: 'streamer progress',
};

describe('StreamerLog', () => {
  let folder = '';
  let path = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3es-streamer-log-'));
    path = join(folder, 'log');
    writeFileSync(path, '');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(...events: readonly object[]): void {
    appendFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }

  it('knows when the present process was ready', () => {
    write(started);
    const log = new StreamerLog(path);
    log.update();
    expect(log).toMatchObject({ starts: 1, version: '0.1.0', startedMs: Date.parse(started.time) });
  });

  it('knows what was read, and what was under way at a moment', () => {
    const read = (key: string, time: string): object => ({ msg: 'object read', key, time });
    const times = { lines: 5, listedMs: 1, getIssuedMs: 1, inflatedMs: 1, batchClosedMs: 1, firstSentMs: 1 };
    write(read('a', '2026-11-24T22:00:01Z'), read('b', '2026-11-24T22:00:02Z'), read('c', '2026-11-24T22:00:09Z'));
    const acknowledgedMs = Date.parse('2026-11-24T22:00:04Z');
    write({ msg: 'object completed', time: started.time, key: 'a', ...times, acknowledgedMs });
    const log = new StreamerLog(path);
    log.update();
    expect(log.reads.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(log.underWay(Date.parse('2026-11-24T22:00:03Z'))).toEqual(['a', 'b']);
    expect(log.underWay(Date.parse('2026-11-24T22:00:05Z'))).toEqual(['b']);
    expect(log.underWay()).toEqual(['b', 'c']);
  });

  // Else what is read again without need would count as in hand, and excuse itself.
  it('does not take for under way what was completed by then, and is read and completed once more later', () => {
    const times = { lines: 5, listedMs: 1, getIssuedMs: 1, inflatedMs: 1, batchClosedMs: 1, firstSentMs: 1 };
    const at = (second: number): string => `2026-11-24T22:00:0${second}Z`;
    const completed = (second: number): object => {
      const acknowledgedMs = Date.parse(at(second));
      return { msg: 'object completed', time: at(second), key: 'a', ...times, acknowledgedMs };
    };
    const read = (second: number): object => ({ msg: 'object read', key: 'a', time: at(second) });
    write(read(1), completed(2), read(6), completed(8));
    const log = new StreamerLog(path);
    log.update();
    expect(log.underWay(Date.parse(at(4)))).toEqual([]);
    expect(log.underWay(Date.parse(at(7)))).toEqual(['a']);
    expect(log.underWay()).toEqual([]);
  });

  // Else a run would end, by the word of a dead process, before the next one has done that work again.
  it('does not count what it had not saved when it was killed, until that is completed again', () => {
    const times = { lines: 5, listedMs: 1, getIssuedMs: 1, inflatedMs: 1, batchClosedMs: 1, firstSentMs: 1 };
    const completed = (key: string): object => {
      return { msg: 'object completed', time: started.time, key, ...times, acknowledgedMs: 2 };
    };
    write(completed('a'), completed('b'));
    const log = new StreamerLog(path);
    log.takeBack(['b', 'never completed']);
    expect(log.savedKeys).toEqual(['a']);
    write(completed('b'));
    log.update();
    expect(log.savedKeys).toEqual(['a', 'b']);
    expect(log.completed.size).toBe(2);
  });

  it("tells all of it by the machine's clock, where the streamer has another", () => {
    const dayMs = 24 * 3_600_000;
    const shown = Date.parse(started.time) + 5;
    const times = {
      lines: 5,
      listedMs: shown,
      getIssuedMs: shown,
      inflatedMs: shown,
      batchClosedMs: shown,
      firstSentMs: shown,
    };
    write(started, { msg: 'object read', key: 'a', time: started.time });
    write({ msg: 'object completed', time: started.time, key: 'a', ...times, acknowledgedMs: shown });
    const log = new StreamerLog(path, (shownMs) => shownMs - dayMs);
    log.update();
    const startedMs = Date.parse(started.time) - dayMs;
    const ended = shown - dayMs;
    expect(log).toMatchObject({ startedMs, saidMs: startedMs, reads: [{ atMs: startedMs }] });
    expect(log.completed.get('a')).toMatchObject({ listedMs: ended, firstSentMs: ended, acknowledgedMs: ended });
  });

  it('adds up the sums of a process and of the one after it', () => {
    const log = new StreamerLog(path);
    write(started, totals, { ...totals, postRequests: 30 }, started, {
      ...totals,
      postRequests: 4,
      eventLoopDelayP99Ms: 7,
    });
    log.update();
    expect(log.totals).toMatchObject({ postRequests: 34, listRequests: 10, eventLoopDelayP99Ms: 12 });
    expect(log.accounts.map(({ bytes }) => bytes)).toEqual([1_000, 1_000, 1_000]);
  });

  it('passes over a line that a kill has torn, and over events that it does not know', () => {
    const log = new StreamerLog(path);
    appendFileSync(path, '{"msg":"object comp\n');
    write({ msg: 'something new' }, started);
    log.update();
    expect(log.starts).toBe(1);
  });
});
