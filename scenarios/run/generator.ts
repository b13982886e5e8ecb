/** The generator as a process of its own: it uploads part of a load on a schedule, open loop. */
import { readFileSync } from 'node:fs';
import { type Child, type DamageKind, generatorScript, HarnessError, type Processes, type S3Service } from '#simulator';
import { z } from 'zod';
import type { Arrival } from '../scenario.ts';

const summarySchema = z.object({
  objects: z.number(),
  rawBytes: z.number(),
  scheduleSlipMs: z.object({ p50: z.number().nullable(), p99: z.number().nullable(), max: z.number().nullable() }),
  failed: z.number(),
});

export type GeneratorSummary = Readonly<z.infer<typeof summarySchema>>;

export interface GeneratorOptions {
  /** For its log files. */
  readonly name: string;
  readonly s3: S3Service;
  readonly prefix: string;
  readonly load: string;
  readonly from: number;
  readonly count: number;
  readonly arrival: Arrival;
  /** Null: time stamps in names are those of the schedule. */
  readonly stampsMs: { readonly from: number; readonly to: number } | null;
  /** By the object's index in the load. */
  readonly damage: ReadonlyMap<number, DamageKind>;
  readonly startAtMs: number;
  /** By how much the times in names are ahead of the machine's clock. */
  readonly aheadMs: number;
  readonly seed: number;
  /** Its record of uploads. */
  readonly record: string;
  /** Queue that is told of each object; null for none. */
  readonly notifyUrl?: string | null;
}

export function startGenerator(processes: Processes, options: GeneratorOptions): Promise<Child> {
  const { s3 } = options;
  const values = {
    s3: s3.endpoint,
    bucket: s3.bucket,
    prefix: options.prefix,
    region: s3.region,
    load: options.load,
    from: options.from,
    count: options.count,
    'start-at': options.startAtMs,
    seed: options.seed,
    record: options.record,
  };
  const args = Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return processes.startScript(
    options.name,
    generatorScript,
    [
      ...args,
      ...arrivalArgs(options.arrival),
      ...stampsArgs(options.stampsMs),
      ...damageArgs(options.damage),
      ...(options.aheadMs === 0 ? [] : [`--ahead=${options.aheadMs}`]),
      ...(options.notifyUrl == null ? [] : ['--notify', options.notifyUrl]),
      '--json',
    ],
    s3.env,
  );
}

function arrivalArgs(arrival: Arrival): readonly string[] {
  switch (arrival.kind) {
    case 'backlog':
      return ['--schedule', 'max'];
    case 'constant':
    case 'poisson':
      return ['--schedule', arrival.kind, '--rate', `${arrival.rawMBPerMin}MB/min`];
    case 'bursts':
      return ['--schedule', 'bursts', '--rate', `${arrival.rawMBPerMin}MB/min`, '--burst-every', `${arrival.everyS}s`];
  }
}

function stampsArgs(stampsMs: GeneratorOptions['stampsMs']): readonly string[] {
  return stampsMs === null ? [] : ['--stamps', `${Math.round(stampsMs.from)},${Math.round(stampsMs.to)}`];
}

function damageArgs(damage: GeneratorOptions['damage']): readonly string[] {
  if (damage.size === 0) return [];
  return ['--damage', Array.from(damage, ([index, kind]) => `${index}:${kind}`).join(',')];
}

/** Waits for its end, and reads what it made of its task. */
export async function finishGenerator(child: Child): Promise<GeneratorSummary> {
  const status = await child.exited;
  const last = readFileSync(child.stdoutPath, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  const summary = status.code === 0 ? summarySchema.parse(JSON.parse(last)) : null;
  if (summary === null || summary.failed > 0) {
    const what = summary === null ? child.describeExit() : `${summary.failed} uploads failed`;
    throw new HarnessError(
      'broken',
      `The generator failed (${what}), so the run proves nothing.\n${child.lastLines()}`,
    );
  }
  return summary;
}
