/** Objects that come on a schedule, whatever the streamer does: uploaded, waited for, and what became of each. For measurements that are not whole runs. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrival } from '../scenario.ts';
import type { Stage } from './context.ts';
import { finishGenerator, startGenerator } from './generator.ts';
import { joinOutcomes, type ObjectOutcome } from './outcomes.ts';
import type { Streamer } from './streamer.ts';
import { readUploads, type Upload } from './uploads.ts';

export interface ScheduledPart {
  /** Index in the load of its first object. */
  readonly from: number;
  readonly count: number;
  readonly arrival: Arrival;
  /** Queue that is told of each object; null for none. */
  readonly notifyUrl: string | null;
}

export interface ScheduledUploads {
  readonly uploads: readonly Upload[];
  /** A generator that slips cannot make a schedule's lag. */
  readonly slipMaxMs: number | null;
}

/** The generator's process must be up before its first upload is due. */
const generatorLeadMs = 1500;
/** The streamer's own log may be a moment behind the sink. */
const logDeadlineMs = 2000;

/** `name`: for its log and its record. */
export async function uploadOnSchedule(stage: Stage, name: string, part: ScheduledPart): Promise<ScheduledUploads> {
  const record = join(stage.folder, `${name}-uploads.ndjson`);
  const child = await startGenerator(stage.processes, {
    name: `${name}-generator`,
    s3: stage.s3,
    prefix: stage.prefix,
    load: stage.load.dir,
    stampsMs: null,
    aheadMs: stage.time.aheadMs,
    damage: new Map(),
    startAtMs: Date.now() + generatorLeadMs,
    seed: stage.options.seed,
    record,
    ...part,
  });
  const { scheduleSlipMs } = await finishGenerator(child);
  return { uploads: readUploads(record), slipMaxMs: scheduleSlipMs.max };
}

/** Until the streamer has told of so many objects. */
export async function waitForLog({ log }: Streamer, objects: number): Promise<void> {
  const deadlineMs = Date.now() + logDeadlineMs;
  for (log.update(); log.completed.size < objects && Date.now() < deadlineMs; log.update()) await sleep(10);
}

/** Lag counts from the moment when the schedule wants an object to be there. */
export async function outcomesOf(
  { sink }: Stage,
  { log }: Streamer,
  uploads: readonly Upload[],
): Promise<readonly ObjectOutcome[]> {
  const objects = await sink.client.objects();
  return joinOutcomes({
    uploads: uploads.map((upload) => ({ ...upload, part: 'scheduled' })),
    delayWindowMs: 0,
    settledMs: new Map(objects.map((object) => [object.index, object.settledMs])),
    completed: log.completed,
  });
}
