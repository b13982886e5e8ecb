import * as fc from 'fast-check';
import pino from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { idempotencyKey, objectIdOf } from '../core/idempotency-key.ts';
import type { StreamerEvent } from '../events.ts';
import type { ObjectRef } from '../ports.ts';
import { createLoggedEvents, createLogger } from './pino-events.ts';

type Line = Readonly<Record<string, unknown>> & { readonly level: number; readonly msg: string };

function logged(level = 'debug') {
  const lines: Line[] = [];
  const clock = { nowMs: 1_000_000 };
  const logger = pino({ level, base: null }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) });
  return {
    lines,
    clock,
    events: createLoggedEvents(logger, {
      now: () => clock.nowMs,
      elapsed: () => clock.nowMs,
      sleep: async () => undefined,
    }),
  };
}

const object: ObjectRef = { bucket: 'logs', key: 'a/1_1_1_1.gz', etag: 'e0', sizeBytes: 650_000, lastModifiedMs: 1000 };
const attempt = { endpoint: 'http://a', objectIds: ['1f'], idempotencyKey: 'e0-1-0-9', durationMs: 3 };
const retried = {
  kind: 'delivery retried' as const,
  ...attempt,
  status: 503,
  error: 'busy',
  attempt: 1,
  delayMs: 100,
};
const paused: StreamerEvent = { kind: 'endpoint paused', endpoint: 'http://a', status: null, error: 'timeout' };
const times = { getIssuedMs: 5000, inflatedMs: 5010, batchClosedMs: 5011, firstSentMs: 5012, acknowledgedMs: 5060 };
const completed: StreamerEvent = {
  kind: 'object completed',
  object,
  completed: {
    isWanted: false,
    rawBytes: 10_000_000,
    lines: 6500,
    batches: 10,
    fileTimestampMs: 1000,
    listedMs: 4900,
    eligibleMs: 4000,
    times,
  },
};

describe('a logged event', () => {
  it('has a constant message, and what varies in fields', () => {
    const { lines, events } = logged();
    events.emit(retried);
    expect(lines).toMatchObject([
      { msg: 'delivery retried', endpoint: 'http://a', status: 503, error: 'busy', attempt: 1, delayMs: 100 },
    ]);
    expect(lines[0]).not.toHaveProperty('kind');
  });

  it('of a Redis that has forgotten says what no instance remembers for it', () => {
    const { lines, events } = logged();
    events.emit({ kind: 'state forgotten', objects: 3, isWhole: true });
    expect(lines).toMatchObject([{ msg: 'state forgotten', objects: 3, advice: expect.stringContaining('ask again') }]);
  });

  it('names its object by bucket, key and ETag, so that one search follows it through its life', () => {
    const { lines, events } = logged();
    events.emit({ kind: 'object read', object });
    events.emit({ kind: 'object retried', object, code: 'S3_THROTTLED', error: 'slow down', delayMs: 5 });
    const record = {
      object,
      range: { start: 0, end: 9 },
      firstLine: 0,
      lineCount: 1,
      reason: 'refused',
      detail: 'answered 400',
      atMs: 1,
    };
    events.emit({ kind: 'quarantined', record });
    events.emit(completed);
    for (const line of lines) {
      expect(line).toMatchObject({ bucket: 'logs', key: 'a/1_1_1_1.gz', etag: 'e0' });
      expect(line).not.toHaveProperty('object');
    }
    expect(lines[2]).toMatchObject({ reason: 'refused', range: { start: 0, end: 9 } });
  });

  it('tells of a completed object every boundary of its waterfall, and its latency and lag', () => {
    const { lines, events } = logged();
    events.emit(completed);
    expect(lines[0]).toMatchObject({
      msg: 'object completed',
      gzBytes: 650_000,
      rawBytes: 10_000_000,
      lines: 6500,
      batches: 10,
      fileTimestampMs: 1000,
      listedMs: 4900,
      eligibleMs: 4000,
      ...times,
      processingMs: 60,
      lagMs: 1060,
    });
  });

  it('stands at the level of its importance, and is left out below the configured one', () => {
    const { lines, events } = logged('warn');
    events.emit({ kind: 'object read', object });
    events.emit(completed);
    events.emit(paused);
    events.emit({ kind: 'state save failed', code: 'STATE_UNWRITABLE', error: 'disk full', failuresInRow: 1 });
    expect(lines.map(({ msg, level }) => [msg, level])).toEqual([
      ['endpoint paused', 40],
      ['state save failed', 50],
    ]);
  });
});

describe('the sums', () => {
  it('count what is not logged too', () => {
    const { lines, events } = logged('error');
    events.emit({ kind: 'object read', object });
    events.emit(completed);
    events.emit({ kind: 'batch posted', ...attempt, bodyBytes: 1000, lines: 7 });
    for (let round = 0; round < 50; round += 1) events.emit(retried);
    expect(lines).toEqual([]);
    expect(events.totals).toMatchObject({
      getRequests: 1,
      s3FilesProcessed: 1,
      s3BytesProcessed: 10_000_000,
      postRequests: 51,
      httpBatchesSent: 1,
      httpLinesSent: 7,
      httpBytesSent: 1000,
      httpErrors: 50,
      httpServerErrors: 50,
    });
  });

  it('tell the kinds of delivery errors apart', () => {
    const { events } = logged();
    for (const [status, error] of [
      [503, 'busy'],
      [null, 'timeout'],
      [null, 'ECONNRESET: gone'],
      [429, 'slow down'],
    ] as const)
      events.emit({ ...retried, status, error });
    expect(events.totals).toMatchObject({
      httpErrors: 4,
      httpServerErrors: 1,
      httpTimeoutErrors: 1,
      httpNetworkErrors: 1,
    });
  });
});

describe('a burst of the same warning', () => {
  it('is thinned to five a second of each kind, and says how many were left out', () => {
    const step = fc.record({
      event: fc.constantFrom(retried, paused),
      passedMs: fc.oneof(fc.constant(0), fc.nat(700)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { lines, clock, events } = logged();
        const emitted = { 'delivery retried': 0, 'endpoint paused': 0 };
        const inSecond = new Map<string, number>();
        for (const { event, passedMs } of steps) {
          clock.nowMs += passedMs;
          const before = lines.length;
          events.emit(event);
          const { kind } = event;
          emitted[kind] += 1;
          const second = `${event.kind} ${Math.floor(clock.nowMs / 1000)}`;
          if (lines.length === before) continue;
          inSecond.set(second, (inSecond.get(second) ?? 0) + 1);
          // Each line accounts for itself and for those before it that were not logged.
          const accounted = lines
            .filter(({ msg }) => msg === kind)
            .reduce((sum, line) => sum + 1 + Number(line['repeatsNotLogged'] ?? 0), 0);
          expect(accounted).toBe(emitted[kind]);
        }
        for (const count of inSecond.values()) expect(count).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('never hides an error or a completed object', () => {
    const { lines, events } = logged();
    for (let round = 0; round < 20; round += 1) {
      events.emit(completed);
      events.emit({ kind: 'state save failed', code: 'STATE_UNWRITABLE', error: 'disk full', failuresInRow: round });
    }
    expect(lines).toHaveLength(40);
  });
});

describe('the text format', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('gives people time, level, message and fields on one line', () => {
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    createLogger({ level: 'info', format: 'text' }).warn({ endpoint: 'http://a', status: 503 }, 'delivery retried');
    vi.restoreAllMocks();
    expect(written).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\S+Z WARN {2}delivery retried endpoint=http:\/\/a status=503\n$/),
    ]);
  });
});

it('in the text format no key forges a line: its control characters are shown', () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  const logger = createLogger({ level: 'info', format: 'text' });
  logger.info({ key: 'a\n2025-01-01 ERROR forged\u001B[2K', inner: { key: '\u009B2K' } }, 'object found');
  vi.restoreAllMocks();
  expect(written).toHaveLength(1);
  expect(written[0]?.trimEnd()).not.toMatch(/\p{Cc}/u);
  expect(written[0]).toContain(String.raw`key=a\n2025-01-01 ERROR forged\u001b[2K`);
});

describe('the one key to follow an object by', () => {
  it('is in every event of its life, those of its batches included, and begins what the endpoints see', () => {
    const { lines, events } = logged();
    const objectId = objectIdOf(object);
    const key = idempotencyKey([{ object, range: { start: 0, end: 9 } }]);
    const made = { endpoint: 'http://a', objectIds: [objectId], idempotencyKey: key, durationMs: 3 };
    const record = { object, range: null, firstLine: null, lineCount: null, reason: 'refused', detail: '', atMs: 1 };
    events.emit({ kind: 'object found', object, isLate: false });
    events.emit({ kind: 'object read', object });
    events.emit({ kind: 'object retried', object, code: 'S3_THROTTLED', error: 'slow down', delayMs: 5 });
    events.emit({ kind: 'object changed', object });
    events.emit({ kind: 'batch posted', ...made, bodyBytes: 9, lines: 1 });
    events.emit({ kind: 'delivery retried', ...made, status: 503, error: 'busy', attempt: 1, delayMs: 100 });
    events.emit({ kind: 'delivery refused', ...made, status: 400, error: 'bad' });
    events.emit({ kind: 'quarantined', record });
    events.emit(completed);
    expect(lines).toHaveLength(9);
    for (const line of lines) expect(JSON.stringify(line)).toContain(objectId);
    expect(key.startsWith(`${objectId}-`)).toBe(true);
  });
});

describe('a secret', () => {
  const SECRET = 'hunter2-"quoted"-\\hunter2';

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('is hidden wherever it turns up, even where an endpoint or S3 repeats it', () => {
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    const logger = createLogger({ level: 'info', format: 'text', secrets: [SECRET] });
    logger.warn({ endpoint: 'http://a', error: `no access with ${SECRET}` }, 'delivery retried');
    logger.error({ [SECRET]: { inner: [SECRET] } }, SECRET);
    vi.restoreAllMocks();
    expect(written).toHaveLength(2);
    expect(written.join('')).not.toContain('hunter2');
    expect(written[0]).toContain('error=no access with [redacted]');
  });
});
