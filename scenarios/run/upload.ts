/** Uploads a part of the load through the generator, and knows what that part is expected to deliver. */
import { join } from 'node:path';
import type { Child } from '#simulator';
import type { Arrival } from '../scenario.ts';
import type { Stage } from './context.ts';
import { sumOf } from './sum.ts';
import { finishGenerator, type GeneratorSummary, startGenerator } from './generator.ts';

export interface UploadPart {
  readonly name: 'warmup' | 'generator';
  readonly from: number;
  readonly count: number;
  readonly arrival: Arrival;
  readonly startAtMs: number;
}

export interface RunningUpload {
  readonly child: Child;
  readonly record: string;
  readonly finished: Promise<GeneratorSummary>;
}

export async function startUpload(stage: Stage, part: UploadPart): Promise<RunningUpload> {
  const record = join(stage.folder, part.name === 'generator' ? 'uploads.ndjson' : `uploads-${part.name}.ndjson`);
  const child = await startGenerator(stage.processes, {
    ...part,
    s3: stage.s3,
    prefix: stage.prefix,
    load: stage.load.dir,
    seed: stage.options.seed,
    record,
  });
  stage.sampler.watch(part.name, child.pid);
  const finished = finishGenerator(child);
  // Whoever waits for it learns of a failure; until somebody does, it must not count as unhandled.
  finished.catch(() => undefined);
  return { child, record, finished };
}

export function expectedLines({ load }: Stage, from: number, count: number): number {
  return sumOf(load.manifest.objects.slice(from, from + count), (object) => object.lines);
}

export function expectedRawBytes({ load }: Stage, from: number, count: number): number {
  return sumOf(load.manifest.objects.slice(from, from + count), (object) => object.rawBytes);
}
