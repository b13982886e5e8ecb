/**
 * Uploads objects at their intended times, whatever became of earlier ones. A late PUT is started at once and its lateness recorded.
 * Invariant: each planned object is either uploaded, failed, or (after a stop) not begun; none is uploaded twice.
 */
import type { NamedObject } from './object-name.ts';

export interface PlannedUpload {
  readonly index: number;
  /** Epoch ms; null: as soon as a connection is free, and the moment of the PUT counts as intended. */
  readonly intendedMs: number | null;
  /** Epoch ms for its name; null: the intended time. */
  readonly stampMs: number | null;
}

export interface Upload extends NamedObject {
  readonly index: number;
  readonly intendedMs: number;
  readonly putStartMs: number;
  readonly putEndMs: number;
  readonly etag: string;
}

export interface OpenLoopParts {
  /** Epoch ms with fractions. */
  now(): number;
  /** Ends early, without throwing, on an abort. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  readBody(index: number): Promise<Buffer>;
  name(timeMs: number): NamedObject;
  /** Resolves to the ETag. */
  put(index: number, key: string, body: Buffer): Promise<string>;
  onUploaded(upload: Upload): void;
  onFailed(index: number, key: string, error: unknown): void;
}

/** Bodies read from disk before they are due, so that reading does not make a PUT late. */
const BODIES_AHEAD = 4;

/** Runs to the end of the plan, or until the signal; PUTs in flight are finished either way. */
export async function runOpenLoop(
  plan: readonly PlannedUpload[],
  parts: OpenLoopParts,
  concurrencyMax: number,
  signal: AbortSignal,
): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  const bodies = createBodyReader(plan, parts);

  async function upload(planned: PlannedUpload, body: Buffer): Promise<void> {
    const putStartMs = parts.now();
    const intendedMs = planned.intendedMs ?? putStartMs;
    const named = parts.name(planned.stampMs ?? intendedMs);
    try {
      const etag = await parts.put(planned.index, named.key, body);
      parts.onUploaded({ ...named, index: planned.index, intendedMs, putStartMs, putEndMs: parts.now(), etag });
    } catch (error) {
      parts.onFailed(planned.index, named.key, error);
    }
  }

  try {
    for (const planned of plan) {
      const body = await bodies.next();
      if (planned.intendedMs !== null) await sleepUntil(planned.intendedMs, parts, signal);
      while (inFlight.size >= concurrencyMax) await Promise.race(inFlight);
      if (signal.aborted) break;
      const uploading: Promise<void> = upload(planned, body).finally(() => inFlight.delete(uploading));
      inFlight.add(uploading);
    }
  } finally {
    await Promise.all(inFlight);
  }
}

/** A timer may fire a fraction of a millisecond early. */
async function sleepUntil(timeMs: number, parts: OpenLoopParts, signal: AbortSignal): Promise<void> {
  for (let waitMs = timeMs - parts.now(); waitMs > 0 && !signal.aborted; waitMs = timeMs - parts.now()) {
    await parts.sleep(waitMs, signal);
  }
}

function createBodyReader(plan: readonly PlannedUpload[], parts: OpenLoopParts): { next(): Promise<Buffer> } {
  const waiting: Promise<Buffer>[] = [];
  let nextPlanned = 0;

  function fill(): void {
    for (let planned = plan[nextPlanned]; planned && waiting.length < BODIES_AHEAD; planned = plan[nextPlanned]) {
      const body = parts.readBody(planned.index);
      // A failure is met where the body is taken; until then it must not count as unhandled.
      body.catch(() => {});
      waiting.push(body);
      nextPlanned += 1;
    }
  }

  return {
    async next() {
      fill();
      const body = waiting.shift();
      if (body === undefined) throw new RangeError('the plan has no more objects');
      return body;
    },
  };
}
