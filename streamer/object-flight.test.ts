import { describe, expect, it } from 'vitest';
import { StreamerError } from './errors.ts';
import { type BatchSettlement, type FlightEnd, ObjectFlight } from './object-flight.ts';
import type { Format } from './core/format.ts';
import type { CutBatch } from './core/batch-cutter.ts';
import type { ObjectTask } from './core/object-task.ts';

const FORMAT: Format = {
  name: 'zscaler',
  contentType: '',
  recordRule: { dropsArrayPunctuation: true, headerLines: 0 },
  isKeyOrderTimeOrder: true,
  match: () => null,
};
const OBJECT = { bucket: 'logs', key: 'a', etag: 'e', sizeBytes: 1, lastModifiedMs: 0 };
const TASK: ObjectTask = {
  object: OBJECT,
  source: 0,
  format: FORMAT,
  fileTimestampMs: 0,
  listedMs: 0,
  eligibleMs: 0,
  notBeforeMs: 0,
  settled: [],
  settledLines: 0,
  failures: 0,
  damagedReadings: 0,
  parkings: 0,
  isFormatOpen: false,
};

function batch(from: number, end: number): CutBatch {
  return {
    range: { start: from, end },
    firstLine: 0,
    lines: 1,
    parts: [],
    bodyBytes: end - from,
    isVerbatim: true,
    longLines: [],
  };
}

function at(acknowledgedMs: number, isBodyReleased = true): BatchSettlement {
  return { closedMs: acknowledgedMs - 2, firstSentMs: acknowledgedMs - 1, acknowledgedMs, isBodyReleased };
}

function createFlight(task: Partial<ObjectTask> = {}) {
  const seen = { ends: [] as FlightEnd[], budgetReleases: 0, memoryReleases: 0 };
  const flight = new ObjectFlight({
    task: { ...TASK, ...task },
    lane: 'live',
    reservation: { bytes: 0, tryGrow: () => true, shrink: () => undefined, release: () => (seen.budgetReleases += 1) },
    getIssuedMs: 100,
    onEnd: (_, end) => seen.ends.push(end),
  });
  flight.hold({ content: new Uint8Array(), release: () => (seen.memoryReleases += 1) });
  return { flight, seen };
}

describe('an ObjectFlight', () => {
  it('is complete when it was read to its end and every batch is settled, in whatever order', () => {
    for (const isReadFirst of [true, false]) {
      const { flight, seen } = createFlight();
      const batches = [batch(0, 10), batch(10, 30), batch(30, 31)];
      for (const one of batches) flight.launch(one.bodyBytes);
      flight.rawBytes = 31;
      if (isReadFirst) flight.finishReading(null);
      for (const one of batches.toReversed()) {
        expect(seen.ends).toEqual([]);
        flight.settle(one, at(200));
      }
      if (!isReadFirst) flight.finishReading(null);
      expect(seen.ends).toEqual([{ kind: 'complete' }]);
    }
  });

  it('counts what an earlier reading settled', () => {
    const { flight, seen } = createFlight({ settled: [{ start: 0, end: 20 }] });
    flight.launch(11);
    flight.rawBytes = 31;
    flight.settle(batch(20, 31), at(200));
    flight.finishReading(null);
    expect(seen.ends).toEqual([{ kind: 'complete' }]);
  });

  it('keeps its bytes of the budget and its memory until no batch is under way, because the batches are views of it', () => {
    const { flight, seen } = createFlight();
    flight.launch(10);
    flight.launch(10);
    flight.rawBytes = 20;
    flight.settle(batch(0, 10), at(200));
    flight.finishReading(null);
    expect(seen).toMatchObject({ budgetReleases: 0, memoryReleases: 0 });
    flight.settle(batch(10, 20), at(210));
    expect(seen).toMatchObject({ budgetReleases: 1, memoryReleases: 1 });
  });

  it('never gives its memory to another object while a socket may still read it', () => {
    const late = createFlight();
    late.flight.launch(10);
    late.flight.rawBytes = 10;
    late.flight.settle(batch(0, 10), at(200, false));
    late.flight.finishReading(null);
    expect(late.seen).toMatchObject({ budgetReleases: 1, memoryReleases: 0, ends: [{ kind: 'complete' }] });
    const abandoned = createFlight();
    abandoned.flight.launch(10);
    abandoned.flight.abandon(10);
    abandoned.flight.finishReading(new StreamerError('ABORTED', 'stopped'));
    expect(abandoned.seen).toMatchObject({ budgetReleases: 1, memoryReleases: 0 });
  });

  it('hands a failure on only after all that was queued has landed, with what is settled', () => {
    const error = new StreamerError('GZIP_CORRUPT', 'damaged');
    const { flight, seen } = createFlight();
    flight.launch(10);
    flight.launch(10);
    flight.finishReading(error);
    flight.settle(batch(0, 10), at(200));
    expect(seen.ends).toEqual([]);
    flight.settle(batch(10, 20), at(201));
    expect(seen.ends).toEqual([{ kind: 'incomplete', error }]);
    expect(flight.settled).toEqual([{ start: 0, end: 20 }]);
  });

  it('that lost a batch at shutdown is never complete', () => {
    const { flight, seen } = createFlight();
    flight.launch(10);
    flight.launch(10);
    flight.rawBytes = 20;
    flight.finishReading(null);
    flight.settle(batch(0, 10), at(200));
    flight.abandon(10);
    expect(seen.ends).toEqual([]);
    expect(flight.settled).toEqual([{ start: 0, end: 10 }]);
  });

  it('of which a part was left out, though everything that was sent has landed, is read again', () => {
    // No branch ended it: its claim, or the message that told of it, was held until the next restart.
    const { flight, seen } = createFlight({ settled: [{ start: 0, end: 5 }] });
    flight.launch(10);
    flight.rawBytes = 20;
    flight.settle(batch(10, 20), at(200));
    flight.finishReading(null);
    expect(seen.ends).toMatchObject([{ kind: 'incomplete', error: { code: 'NOT_ALL_SETTLED' } }]);
    expect(seen.ends).toMatchObject([{ error: { message: expect.stringContaining('0-5, 10-20') } }]);
  });

  it('tells the moments of the line that was settled last, each no earlier than the one before', () => {
    const { flight } = createFlight();
    flight.inflatedMs = 150;
    flight.launch(10);
    flight.launch(10);
    flight.settle(batch(10, 20), at(300));
    flight.settle(batch(0, 10), at(250));
    expect(flight.times()).toEqual({
      getIssuedMs: 100,
      inflatedMs: 150,
      batchClosedMs: 298,
      firstSentMs: 299,
      acknowledgedMs: 300,
    });
    // A streamed object goes on being inflated after the batch was closed.
    flight.inflatedMs = 400;
    expect(flight.times().inflatedMs).toBe(298);
  });

  it('without a line was settled when it was inflated', () => {
    const { flight, seen } = createFlight();
    flight.inflatedMs = 150;
    flight.finishReading(null);
    expect(seen.ends).toEqual([{ kind: 'complete' }]);
    expect(flight.times()).toEqual({
      getIssuedMs: 100,
      inflatedMs: 150,
      batchClosedMs: 150,
      firstSentMs: 150,
      acknowledgedMs: 150,
    });
  });

  it('lets its reader go on when few enough bytes are under way, or when told to stop', async () => {
    const { flight } = createFlight();
    const never = new AbortController().signal;
    await flight.waitForRoom(0, never);
    flight.launch(10);
    flight.launch(10);
    let isThrough = false;
    const waiting = flight.waitForRoom(10, never).then(() => (isThrough = true));
    await Promise.resolve();
    expect(isThrough).toBe(false);
    flight.settle(batch(0, 10), at(200));
    await waiting;
    const stop = new AbortController();
    const stopped = flight.waitForRoom(0, stop.signal);
    stop.abort();
    await stopped;
  });
});
