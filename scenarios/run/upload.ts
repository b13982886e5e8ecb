/** Uploads a part of the load through the generator, and knows what that part is expected to deliver. */
import { join } from 'node:path';
import { type Child, type DamageKind, goodLines } from '#simulator';
import type { LoadPart, LoadPlan } from '../scenario.ts';
import type { Stage } from './context.ts';
import { finishGenerator, type GeneratorSummary, startGenerator } from './generator.ts';
import { generatorS3 } from './network.ts';
import { sumOf } from './sum.ts';

/** A part with its place in the load. */
export interface PlacedPart extends LoadPart {
  /** Index of its first object. */
  readonly from: number;
}

export interface RunningUpload {
  readonly part: PlacedPart;
  readonly child: Child;
  readonly record: string;
  readonly startAtMs: number;
  readonly finished: Promise<GeneratorSummary>;
}

/** What a finished upload left behind. */
export interface PartRecord {
  readonly part: PlacedPart;
  readonly record: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly summary: GeneratorSummary;
}

const warmupName = 'warmup';
/** One object after the other, not at once: a burst would leave the streamer with more memory than the load that is measured. */
const warmupRawMBPerMin = 1200;

/** The warm-up first (null where there is none), then the parts, one behind the other in the load. */
export function placeParts({ warmupObjects, parts }: LoadPlan): {
  readonly warmup: PlacedPart | null;
  readonly parts: readonly PlacedPart[];
} {
  let from = warmupObjects;
  const placed = parts.map((part) => {
    const here = { ...part, from };
    from += part.objects;
    return here;
  });
  const arrival = { kind: 'constant', rawMBPerMin: warmupRawMBPerMin } as const;
  const warmup = warmupObjects === 0 ? null : { name: warmupName, objects: warmupObjects, arrival, from: 0 };
  return { warmup, parts: placed };
}

export function objectsOf({ warmupObjects, parts }: LoadPlan): number {
  return warmupObjects + sumOf(parts, (part) => part.objects);
}

export async function startUpload(stage: Stage, part: PlacedPart, startAtMs: number): Promise<RunningUpload> {
  const record = join(stage.folder, `uploads-${part.name}.ndjson`);
  const child = await startGenerator(stage.processes, {
    name: `generator-${part.name}`,
    from: part.from,
    count: part.objects,
    arrival: part.arrival,
    stampsMs:
      part.stampsS === undefined
        ? null
        : { from: startAtMs + part.stampsS.from * 1000, to: startAtMs + part.stampsS.to * 1000 },
    damage: damageByIndex([part]),
    startAtMs,
    aheadMs: stage.time.aheadMs,
    s3: generatorS3(stage),
    prefix: stage.prefix,
    load: stage.load.dir,
    seed: stage.options.seed,
    record,
  });
  stage.sampler.watch(generatorRole(part.name), child.pid);
  const finished = finishGenerator(child);
  // Whoever waits for it learns of a failure; until somebody does, it must not count as unhandled.
  finished.catch(() => undefined);
  return { part, child, record, startAtMs, finished };
}

export async function finishUpload({ part, record, startAtMs, finished }: RunningUpload): Promise<PartRecord> {
  const summary = await finished;
  return { part, record, fromMs: startAtMs, toMs: Date.now(), summary };
}

export function generatorRole(part: string): string {
  return `generator-${part}`;
}

/** By the object's index in the load. */
export function damageByIndex(parts: readonly PlacedPart[]): ReadonlyMap<number, DamageKind> {
  return new Map(
    parts.flatMap(({ from, damage }) => [...(damage ?? [])].map(([place, kind]) => [from + place, kind] as const)),
  );
}

/** Those that can be read, and so must be delivered. */
export function expectedLines({ load, scenario }: Stage, from: number, count: number): number {
  const damage = damageByIndex(placeParts(scenario.load).parts);
  return sumOf(load.manifest.objects.slice(from, from + count), ({ index, lines }) => {
    const kind = damage.get(index);
    return kind === undefined ? lines : goodLines(kind, lines);
  });
}

export function expectedRawBytes({ load }: Stage, from: number, count: number): number {
  return sumOf(load.manifest.objects.slice(from, from + count), (object) => object.rawBytes);
}
