/** What the live page shows of the past, kept small and in memory: the last hour in bins of ten seconds, and the last things that went wrong. */
import { fieldsOf, levelOf, type StreamerEvent } from '../events.ts';

export const BIN_MS = 10_000;
const BINS_MAX = 360;
const TROUBLES_MAX = 30;
const DETAIL_CHARS_MAX = 400;

/** Sums of one bin. */
interface Bin {
  files: number;
  rawBytes: number;
  batches: number;
  bytes: number;
  fileErrors: number;
  httpErrors: number;
  /** Objects whose lag counts: an operator's replays do not. */
  lagObjects: number;
  lagSumMs: number;
  lagMaxMs: number;
}

/** Something that was logged as a warning or an error. */
export interface Trouble {
  readonly atMs: number;
  readonly level: 'warn' | 'error';
  readonly what: string;
  readonly detail: string;
  /** How often it came, always with the same cause. */
  readonly times: number;
}

/** Columns rather than rows: a third of the bytes. */
export interface FeedSeries {
  readonly binMs: number;
  /** The first bin's beginning. */
  readonly startMs: number;
  readonly files: readonly number[];
  readonly rawBytes: readonly number[];
  readonly batches: readonly number[];
  readonly bytes: readonly number[];
  readonly fileErrors: readonly number[];
  readonly httpErrors: readonly number[];
  readonly lagAvgMs: readonly (number | null)[];
  readonly lagMaxMs: readonly (number | null)[];
}

export class LiveFeed {
  /** By number of the bin since the epoch; a bin in which nothing happened is not there. */
  readonly #bins = new Map<number, Bin>();
  readonly #startMs: number;
  #troubles: readonly (Trouble & { readonly cause: string })[] = [];

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  observe(event: StreamerEvent, nowMs: number): void {
    if (event.kind === 'batch posted') {
      const bin = this.#binAt(nowMs);
      bin.batches += 1;
      bin.bytes += event.bodyBytes;
    } else if (event.kind === 'object completed') {
      const bin = this.#binAt(nowMs);
      const { rawBytes, isWanted, times, eligibleMs } = event.completed;
      bin.files += 1;
      bin.rawBytes += rawBytes;
      if (isWanted) return;
      const lagMs = Math.max(0, times.acknowledgedMs - eligibleMs);
      bin.lagObjects += 1;
      bin.lagSumMs += lagMs;
      bin.lagMaxMs = Math.max(bin.lagMaxMs, lagMs);
    } else {
      if (event.kind === 'delivery retried' || event.kind === 'delivery refused') this.#binAt(nowMs).httpErrors += 1;
      if (event.kind === 'object retried') this.#binAt(nowMs).fileErrors += 1;
      this.#note(event, nowMs);
    }
  }

  get troubles(): readonly Trouble[] {
    return this.#troubles.map(({ cause: _, ...trouble }) => trouble);
  }

  series(nowMs: number): FeedSeries {
    const last = Math.floor(nowMs / BIN_MS);
    const first = Math.max(Math.floor(this.#startMs / BIN_MS), last - BINS_MAX + 1);
    const bins = Array.from({ length: last - first + 1 }, (_, index) => this.#bins.get(first + index) ?? emptyBin());
    return {
      binMs: BIN_MS,
      startMs: first * BIN_MS,
      files: bins.map(({ files }) => files),
      rawBytes: bins.map(({ rawBytes }) => rawBytes),
      batches: bins.map(({ batches }) => batches),
      bytes: bins.map(({ bytes }) => bytes),
      fileErrors: bins.map(({ fileErrors }) => fileErrors),
      httpErrors: bins.map(({ httpErrors }) => httpErrors),
      lagAvgMs: bins.map(({ lagObjects, lagSumMs }) => (lagObjects === 0 ? null : Math.round(lagSumMs / lagObjects))),
      lagMaxMs: bins.map(({ lagObjects, lagMaxMs }) => (lagObjects === 0 ? null : Math.round(lagMaxMs))),
    };
  }

  #binAt(nowMs: number): Bin {
    const number = Math.floor(nowMs / BIN_MS);
    const known = this.#bins.get(number);
    if (known !== undefined) return known;
    const bin = emptyBin();
    this.#bins.set(number, bin);
    for (const old of this.#bins.keys()) if (old <= number - BINS_MAX) this.#bins.delete(old);
    return bin;
  }

  /** Newest first. The same trouble again moves to the front and counts. */
  #note(event: StreamerEvent, nowMs: number): void {
    const level = levelOf(event);
    if (level !== 'warn' && level !== 'error') return;
    const fields = fieldsOf(event);
    const cause = [event.kind, ...textsOf(fields, CAUSE_FIELDS)].join(' ');
    const same = this.#troubles.find((trouble) => trouble.cause === cause);
    const detail = textsOf(fields, DETAIL_FIELDS).join(' · ').slice(0, DETAIL_CHARS_MAX);
    const trouble = { atMs: nowMs, level, what: event.kind, detail, times: (same?.times ?? 0) + 1, cause };
    this.#troubles = [trouble, ...this.#troubles.filter((other) => other !== same)].slice(0, TROUBLES_MAX);
  }
}

/** What tells one trouble from another; the object it happened to does not. */
const CAUSE_FIELDS = ['endpoint', 'bucket', 'status', 'code', 'reason', 'error'];
const DETAIL_FIELDS = ['endpoint', 'status', 'code', 'reason', 'error', 'detail', 'bucket', 'key'];

function textsOf(fields: Readonly<Record<string, unknown>>, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
  });
}

function emptyBin(): Bin {
  return {
    files: 0,
    rawBytes: 0,
    batches: 0,
    bytes: 0,
    fileErrors: 0,
    httpErrors: 0,
    lagObjects: 0,
    lagSumMs: 0,
    lagMaxMs: 0,
  };
}
