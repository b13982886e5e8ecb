/** One event of each kind that the tests of observers need; a test states what matters to it. */
import type { CompletedObject, StreamerEvent } from '../events.ts';
import type { ObjectRef, QuarantineRecord } from '../ports.ts';

type EventOf<Kind extends StreamerEvent['kind']> = Extract<StreamerEvent, { readonly kind: Kind }>;

export const SAMPLE_OBJECT: ObjectRef = {
  bucket: 'logs',
  key: 'a/1_1_1_1.gz',
  etag: 'e0',
  sizeBytes: 650_000,
  lastModifiedMs: 1000,
};

const ATTEMPT = {
  endpoint: 'http://a',
  objectIds: ['e0-12345678'],
  idempotencyKey: 'e0-12345678-0-100',
  durationMs: 3,
};

export function postedEvent(fields: Partial<EventOf<'batch posted'>> = {}): EventOf<'batch posted'> {
  return { kind: 'batch posted', ...ATTEMPT, bodyBytes: 1000, lines: 7, ...fields };
}

export function retriedEvent(fields: Partial<EventOf<'delivery retried'>> = {}): EventOf<'delivery retried'> {
  return { kind: 'delivery retried', ...ATTEMPT, status: 503, error: 'busy', attempt: 1, delayMs: 100, ...fields };
}

export function refusedEvent(fields: Partial<EventOf<'delivery refused'>> = {}): EventOf<'delivery refused'> {
  return { kind: 'delivery refused', ...ATTEMPT, status: 400, error: 'bad line', ...fields };
}

/** GET at 5000, acknowledged at 5060. */
export function completedEvent(fields: Partial<CompletedObject> = {}): EventOf<'object completed'> {
  const times = { getIssuedMs: 5000, inflatedMs: 5010, batchClosedMs: 5011, firstSentMs: 5012, acknowledgedMs: 5060 };
  const completed = {
    rawBytes: 10_000_000,
    lines: 6500,
    batches: 10,
    fileTimestampMs: 1000,
    listedMs: 4900,
    eligibleMs: 4000,
    isWanted: false,
    times,
  };
  return { kind: 'object completed', object: SAMPLE_OBJECT, completed: { ...completed, ...fields } };
}

export function quarantinedEvent(fields: Partial<QuarantineRecord> = {}): EventOf<'quarantined'> {
  const record = {
    range: { start: 0, end: 9 },
    firstLine: 0,
    lineCount: 1,
    reason: 'refused',
    detail: 'answered 400',
    atMs: 1,
  };
  return { kind: 'quarantined', record: { object: SAMPLE_OBJECT, ...record, ...fields } };
}
