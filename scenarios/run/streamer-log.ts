/**
 * What the streamer under test says of itself, from its log: when it did what to each object, and how many requests it made.
 * Only moments that nobody else can see are taken from here (GET issued, inflated...). Delivery is judged by the sink alone.
 */
import { LogTail } from '#simulator';
import { z } from 'zod';

const time = z.iso.datetime();

const startedSchema = z.object({ msg: z.literal('streamer started'), version: z.string(), time });

const completedSchema = z.object({
  time,
  msg: z.literal('object completed'),
  key: z.string(),
  lines: z.number().nullable(),
  listedMs: z.number(),
  getIssuedMs: z.number(),
  inflatedMs: z.number(),
  batchClosedMs: z.number(),
  firstSentMs: z.number(),
  acknowledgedMs: z.number(),
});

/** Told at `logging.level: debug` only. */
const readSchema = z.object({ msg: z.literal('object read'), key: z.string(), time });

/** It may send nothing more of them. */
const claimsLostSchema = z.object({ time, msg: z.literal('claims lost'), objects: z.number() });

const totalsSchema = z.object({
  time,
  msg: z.enum(['streamer progress', 'streamer stopped']),
  listRequests: z.number(),
  getRequests: z.number(),
  postRequests: z.number(),
  s3FilesErrored: z.number(),
  s3Throttled: z.number(),
  httpErrors: z.number(),
  httpBufferDrops: z.number(),
  eventLoopDelayP99Ms: z.number().nullable(),
  inFlightBytes: z.number(),
});

const quarantinedSchema = z.object({
  time,
  msg: z.literal('quarantined'),
  lineCount: z.number().nullable(),
  range: z.unknown(),
});

export type CompletedObject = Readonly<Omit<z.infer<typeof completedSchema>, 'time'>>;
export interface StreamerTotals extends Readonly<Omit<z.infer<typeof totalsSchema>, 'msg' | 'time' | 'inFlightBytes'>> {
  /** The highest of those it reported, every ten seconds; null before the first report. */
  readonly inFlightBytesMax: number | null;
}

export interface ObjectReading {
  readonly key: string;
  readonly atMs: number;
}

export interface InFlightAccount {
  readonly bytes: number;
  readonly atMs: number;
}

const lineSchema = z.discriminatedUnion('msg', [
  startedSchema,
  readSchema,
  completedSchema,
  quarantinedSchema,
  claimsLostSchema,
  totalsSchema,
]);

export const noTotals: StreamerTotals = {
  listRequests: 0,
  getRequests: 0,
  postRequests: 0,
  s3FilesErrored: 0,
  s3Throttled: 0,
  httpErrors: 0,
  httpBufferDrops: 0,
  eventLoopDelayP99Ms: null,
  inFlightBytesMax: null,
};

export class StreamerLog {
  readonly #tail: LogTail;
  readonly #toMachineMs: (shownMs: number) => number;
  /** By key; of an object that was completed again after a restart, the last time. */
  readonly completed = new Map<string, CompletedObject>();
  /** By key: each time that it was completed. */
  readonly #completionsMs = new Map<string, number[]>();
  /** Keys of what it had completed by its own word, and not saved, when it was killed: whoever goes on has to complete it again. */
  readonly #unsaved = new Set<string>();
  /** In the order in which they began; an object that was read again stands there again. */
  readonly reads: ObjectReading[] = [];
  version: string | null = null;
  starts = 0;
  /** Of the present process: from then on it looks for objects. */
  startedMs = 0;
  /** Its accounts of bytes in flight, each time that it told of them. */
  readonly accounts: InFlightAccount[] = [];
  /** Each time that others got, or may have got, what it held. */
  readonly claimsLost: { readonly objects: number; readonly atMs: number }[] = [];
  readonly quarantined = { objects: 0, lines: 0 };
  /** Of its last word that was understood; 0 before the first. */
  saidMs = 0;
  /** Of the processes before this one: each counts from its own start. */
  #earlier = noTotals;
  #current = noTotals;

  /** `toMachineMs`: for a streamer whose clock is not the machine's. All that is read here is told by the machine's. */
  constructor(path: string, toMachineMs = (shownMs: number): number => shownMs) {
    this.#tail = new LogTail(path);
    this.#toMachineMs = toMachineMs;
  }

  /** Takes in what was logged since the last call. */
  update(): void {
    for (const line of this.#tail.readNew()) this.#read(line);
  }

  /** Keys of the objects of which a reading began before this moment and was not completed by then; what came of a later one does not matter. */
  underWay(beforeMs = Infinity): readonly string[] {
    const begunMs = new Map(this.reads.filter(({ atMs }) => atMs < beforeMs).map(({ key, atMs }) => [key, atMs]));
    const isOver = (key: string, fromMs: number): boolean =>
      (this.#completionsMs.get(key) ?? []).some((atMs) => atMs >= fromMs && atMs < beforeMs);
    return [...begunMs].filter(([key, fromMs]) => !isOver(key, fromMs)).map(([key]) => key);
  }

  /** `keys`: what nobody knows to be complete, now that its process has been killed. */
  takeBack(keys: readonly string[]): void {
    this.update();
    for (const key of keys) if (this.completed.has(key)) this.#unsaved.add(key);
  }

  /** Keys of what it completed, but for what it took with it when it was killed. */
  get savedKeys(): readonly string[] {
    return [...this.completed.keys()].filter((key) => !this.#unsaved.has(key));
  }

  /** Sums over all its processes. One that was killed is counted as far as it last reported. */
  get totals(): StreamerTotals {
    return sumTotals(this.#earlier, this.#current);
  }

  #read(line: string): void {
    // Other events have other messages; a line torn by kill -9 is no JSON.
    const parsed = lineSchema.safeParse(parseJson(line));
    if (!parsed.success) return;
    const event = parsed.data;
    const atMs = this.#toMachineMs(Date.parse(event.time));
    this.saidMs = atMs;
    switch (event.msg) {
      case 'streamer started':
        this.version = event.version;
        this.starts += 1;
        this.startedMs = atMs;
        this.#earlier = this.totals;
        this.#current = noTotals;
        break;
      case 'object read':
        this.reads.push({ key: event.key, atMs });
        break;
      case 'object completed':
        this.#complete(this.#byMachine(event));
        break;
      case 'quarantined':
        // Without a range it is the rest of an object, which ends with it; with one, the rest of the object goes on.
        if (event.range === null) this.quarantined.objects += 1;
        this.quarantined.lines += event.lineCount ?? 0;
        break;
      case 'claims lost':
        this.claimsLost.push({ objects: event.objects, atMs });
        break;
      case 'streamer progress':
      case 'streamer stopped':
        this.accounts.push({ bytes: event.inFlightBytes, atMs });
        this.#current = { ...event, inFlightBytesMax: maxOrNull(this.#current.inFlightBytesMax, event.inFlightBytes) };
        break;
    }
  }

  #complete(object: CompletedObject): void {
    const { key, acknowledgedMs } = object;
    this.completed.set(key, object);
    this.#unsaved.delete(key);
    this.#completionsMs.set(key, [...(this.#completionsMs.get(key) ?? []), acknowledgedMs]);
  }

  #byMachine(object: CompletedObject): CompletedObject {
    return {
      ...object,
      listedMs: this.#toMachineMs(object.listedMs),
      getIssuedMs: this.#toMachineMs(object.getIssuedMs),
      inflatedMs: this.#toMachineMs(object.inflatedMs),
      batchClosedMs: this.#toMachineMs(object.batchClosedMs),
      firstSentMs: this.#toMachineMs(object.firstSentMs),
      acknowledgedMs: this.#toMachineMs(object.acknowledgedMs),
    };
  }
}

export function sumTotals(a: StreamerTotals, b: StreamerTotals): StreamerTotals {
  return {
    listRequests: a.listRequests + b.listRequests,
    getRequests: a.getRequests + b.getRequests,
    postRequests: a.postRequests + b.postRequests,
    s3FilesErrored: a.s3FilesErrored + b.s3FilesErrored,
    s3Throttled: a.s3Throttled + b.s3Throttled,
    httpErrors: a.httpErrors + b.httpErrors,
    httpBufferDrops: a.httpBufferDrops + b.httpBufferDrops,
    eventLoopDelayP99Ms: maxOrNull(a.eventLoopDelayP99Ms, b.eventLoopDelayP99Ms),
    inFlightBytesMax: maxOrNull(a.inFlightBytesMax, b.inFlightBytesMax),
  };
}

function maxOrNull(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Torn by a kill in the middle of a write: such a line says nothing.
    return null;
  }
}
