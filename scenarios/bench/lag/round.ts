/** One row of the lag bench: a fresh streamer, warmed up, then objects that arrive on a schedule whatever the streamer does. */
import { type LatencySummary, summarizeLatency, summarizeWaterfall, type WaterfallPartsMs } from '#reports';
import { deleteObjects, HarnessError } from '#simulator';
import type { Stage } from '../../run/context.ts';
import { isSettled } from '../../run/timeline.ts';
import type { ObjectOutcome } from '../../run/outcomes.ts';
import { outcomesOf, uploadOnSchedule, waitForLog } from '../../run/scheduled-objects.ts';
import { waitForLines } from '../../run/settle.ts';
import { SinkWatch } from '../../run/sink-watch.ts';
import { Streamer } from '../../run/streamer.ts';
import { expectedLines } from '../../run/upload.ts';
import type { Upload } from '../../run/uploads.ts';
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

/** Enough of them to compile what each object runs. */
const warmupRawMBPerMin = 3600;
const deadlineMsMax = 30_000;
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
  const warmed = await uploadOnSchedule(stage, `${name}-warmup`, { ...warmup, arrival, notifyUrl });
  await waitForObjects(stage, streamer, expectedLines(stage, 0, places.warmupObjects));
  const watch = await SinkWatch.start(sink.client);
  const measured = await uploadOnSchedule(stage, name, { from, count: row.objects, arrival: row.arrival, notifyUrl });
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
    slipMaxMs: measured.slipMaxMs,
    sinkUtilization: Math.max(0, ...utilization.map((sample) => sample.utilization)),
    lostLines: verdict.lostLines,
    otherLines: verdict.duplicateLines + verdict.corruptLines + verdict.unexpectedLines,
  };
}

async function waitForObjects(stage: Stage, streamer: Streamer, lines: number): Promise<void> {
  const deadlineMs = Date.now() + deadlineMsMax;
  const failure = (): HarnessError | null => streamer.unexpectedExit;
  if (!(await waitForLines(stage, { lines, text: streamer.name, deadlineMs: () => deadlineMs, failure })))
    throw new HarnessError('streamer', `Not everything was delivered within ${deadlineMsMax / 1000} s.`);
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
