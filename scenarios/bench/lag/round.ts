/** One row of the lag bench: a fresh streamer, warmed up, then objects that arrive on a schedule whatever the streamer does. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LatencySummary, summarizeLatency, summarizeWaterfall, type WaterfallPartsMs } from '#reports';
import { deleteObjects, HarnessError } from '#simulator';
import type { Arrival } from '../../scenario.ts';
import type { Stage } from '../../run/context.ts';
import { finishGenerator, type GeneratorSummary, startGenerator } from '../../run/generator.ts';
import { isSettled } from '../../run/timeline.ts';
import { joinOutcomes, type ObjectOutcome } from '../../run/outcomes.ts';
import { waitForLines } from '../../run/settle.ts';
import { SinkWatch } from '../../run/sink-watch.ts';
import { Streamer } from '../../run/streamer.ts';
import { expectedLines } from '../../run/upload.ts';
import { readUploads, type Upload } from '../../run/uploads.ts';
import { type LagRow, settingsOf } from './rows.ts';

export interface LagRound {
  readonly row: LagRow;
  readonly lag: LatencySummary;
  readonly processing: LatencySummary;
  /** Average of each part of the file age; null where nothing was settled. */
  readonly waterfallMs: WaterfallPartsMs | null;
  readonly slipMaxMs: number | null;
  readonly sinkUtilization: number;
  readonly lostLines: number;
  readonly otherLines: number;
}

/** Where in the load a row's objects begin, behind those of the warm-up. */
export interface LagPlaces {
  readonly warmupObjects: number;
  readonly from: Readonly<Record<LagRow['size'], number>>;
}

/** The generator's process must be up before its first upload is due. */
const generatorLeadMs = 1500;
/** Enough of them to compile what each object runs. */
const warmupRawMBPerMin = 3600;
const deadlineMsMax = 30_000;
/** The streamer's own log may be a moment behind the sink. */
const logDeadlineMs = 2000;
const keysPerDelete = 1000;

export async function lagRound(
  stage: Stage,
  row: LagRow,
  places: LagPlaces,
  { queueUrl, name }: { readonly queueUrl: string; readonly name: string },
): Promise<LagRound> {
  const { bundle, folder, s3, redis, prefix, sink, processes, sampler } = stage;
  const notifyUrl = row.finding === 'sqs' ? queueUrl : null;
  await sink.client.reset();
  const streamer = await Streamer.start(
    { bundle, folder, name, s3, redis, prefix, endpoints: sink.endpoints, settings: settingsOf(row, queueUrl) },
    processes,
    sampler,
  );
  const from = places.from[row.size];
  const warmup = { from: 0, count: places.warmupObjects };
  const arrival = { kind: 'constant', rawMBPerMin: warmupRawMBPerMin } as const;
  const warmed = await upload(stage, `${name}-warmup`, { ...warmup, arrival, notifyUrl });
  await waitForObjects(stage, streamer, expectedLines(stage, 0, places.warmupObjects));
  const watch = await SinkWatch.start(sink.client);
  const measured = await upload(stage, name, { from, count: row.objects, arrival: row.arrival, notifyUrl });
  const lines = expectedLines(stage, 0, places.warmupObjects) + expectedLines(stage, from, row.objects);
  await waitForObjects(stage, streamer, lines);
  const utilization = await watch.stop();
  await waitForLog(streamer, places.warmupObjects + row.objects);
  await streamer.stop();
  const outcomes = await outcomesOf(stage, streamer, measured.uploads);
  const ranges = [warmup, { from, count: row.objects }].map(({ from: first, count }) => ({
    firstIndex: first,
    lastIndex: first + count - 1,
  }));
  const verdict = await sink.client.judge({ ranges });
  await removeObjects(stage, [...warmed.uploads, ...measured.uploads]);
  return {
    row,
    ...summarize(outcomes),
    slipMaxMs: measured.summary.scheduleSlipMs.max,
    sinkUtilization: Math.max(0, ...utilization.map((sample) => sample.utilization)),
    lostLines: verdict.lostLines,
    otherLines: verdict.duplicateLines + verdict.corruptLines + verdict.unexpectedLines,
  };
}

interface Part {
  readonly from: number;
  readonly count: number;
  readonly arrival: Arrival;
  readonly notifyUrl: string | null;
}

async function upload(
  stage: Stage,
  name: string,
  part: Part,
): Promise<{ readonly uploads: readonly Upload[]; readonly summary: GeneratorSummary }> {
  const record = join(stage.folder, `${name}-uploads.ndjson`);
  const child = await startGenerator(stage.processes, {
    name: `${name}-generator`,
    s3: stage.s3,
    prefix: stage.prefix,
    load: stage.load.dir,
    stampsMs: null,
    aheadMs: 0,
    damage: new Map(),
    startAtMs: Date.now() + generatorLeadMs,
    seed: stage.options.seed,
    record,
    ...part,
  });
  const summary = await finishGenerator(child);
  return { uploads: readUploads(record), summary };
}

async function waitForObjects(stage: Stage, streamer: Streamer, lines: number): Promise<void> {
  const deadlineMs = Date.now() + deadlineMsMax;
  const failure = (): string | null => streamer.unexpectedExit;
  if (!(await waitForLines(stage, { lines, text: streamer.name, deadlineMs: () => deadlineMs, failure })))
    throw new HarnessError('broken', `Not everything was delivered within ${deadlineMsMax / 1000} s.`);
}

async function waitForLog({ log }: Streamer, objects: number): Promise<void> {
  const deadlineMs = Date.now() + logDeadlineMs;
  for (log.update(); log.completed.size < objects && Date.now() < deadlineMs; log.update()) await sleep(10);
}

async function outcomesOf(
  { sink }: Stage,
  { log }: Streamer,
  uploads: readonly Upload[],
): Promise<readonly ObjectOutcome[]> {
  const objects = await sink.client.objects();
  return joinOutcomes({
    uploads: uploads.map((one) => ({ ...one, part: 'measured' })),
    delayWindowMs: 0,
    settledMs: new Map(objects.map((object) => [object.index, object.settledMs])),
    completed: log.completed,
  });
}

function summarize(outcomes: readonly ObjectOutcome[]): Pick<LagRound, 'lag' | 'processing' | 'waterfallMs'> {
  const settled = outcomes.filter(isSettled);
  const lag = summarizeLatency(settled.map((outcome) => outcome.settled.lagMs));
  const waterfall = summarizeWaterfall(
    settled.flatMap(({ upload: { key }, settled: { lagMs, boundaries } }) =>
      boundaries === null ? [] : [{ key, lagMs, boundaries }],
    ),
  );
  return {
    lag,
    processing: summarizeLatency(settled.flatMap((outcome) => outcome.settled.processingMs ?? [])),
    waterfallMs: waterfall.avg,
  };
}

/** The next row must not find them. */
async function removeObjects({ s3 }: Stage, uploads: readonly Upload[]): Promise<void> {
  const keys = uploads.map(({ key }) => key);
  for (let start = 0; start < keys.length; start += keysPerDelete)
    await deleteObjects(s3, s3.bucket, keys.slice(start, start + keysPerDelete));
}
