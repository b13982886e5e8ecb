/** Everything that a finished run left behind, read once: the generator's records, the sink's ledger, the streamer's log. */
import { goodLines } from '#simulator';
import type { LedgerVerdict, SinkStats, TimelineSecond } from '#simulator';
import type { Config } from '#streamer';
import { readDroppedLines } from './ask-streamer.ts';
import type { Stage } from './context.ts';
import type { Execution } from './execute.ts';
import { countIncompleteObjects } from './incomplete-objects.ts';
import { countUnansweredPosts } from './network.ts';
import { joinOutcomes, type ObjectOutcome } from './outcomes.ts';
import { maxOf } from './sum.ts';
import type { StreamerTotals } from './streamer-log.ts';
import { completedObjects, quarantinedBy, totalsOf } from './streamers.ts';
import { damageByIndex } from './upload.ts';
import { readUploads, type Upload } from './uploads.ts';

export interface Evidence {
  readonly stage: Stage;
  readonly execution: Execution;
  /** What the streamer made of its configuration file. */
  readonly config: Config;
  /** Everything that was uploaded, the warm-up too. */
  readonly uploads: readonly Upload[];
  /** Of the measured part, and of objects that can be read. */
  readonly outcomes: readonly ObjectOutcome[];
  /** The streamers' logs together; null where they do not tell. */
  readonly totals: StreamerTotals | null;
  readonly quarantined: { readonly objects: number; readonly lines: number };
  /** By the durable count. */
  readonly droppedLines: number;
  readonly verdict: LedgerVerdict;
  /** By durable state, after the clean stop; null where it was not read. */
  readonly incompleteObjects: number | null;
  readonly sinkTimeline: readonly TimelineSecond[];
  readonly agentsAfter: SinkStats['agents'];
  /** Lines that the sink stored without being able, or willing, to say so. */
  readonly unacknowledgedLines: number;
  /** Lines of batches at most that a fault of the network left in doubt: nobody heard whether they were stored. */
  readonly inDoubtLinesMax: number;
  /** Sent to Redis in the whole run; null where nobody counts them. */
  readonly redisCommands: number | null;
  /** The last settled line; the last upload where something was never settled. */
  readonly settledEndMs: number;
  /** What rates are divided by: the time in which there was work. */
  readonly windowS: number;
  /** Start of the schedule to the last settled line: what CPU time is divided by. */
  readonly elapsedS: number;
}

export async function collectEvidence(stage: Stage, execution: Execution, config: Config): Promise<Evidence> {
  const sink = stage.sink.client;
  const { streamers, warmup, parts } = execution;
  const measured = parts.flatMap(({ part, record }) =>
    readUploads(record).map((upload) => ({ ...upload, part: part.name })),
  );
  const damage = damageByIndex(parts.map(({ part }) => part));
  const isReadable = ({ index, lines }: Upload): boolean => {
    const kind = damage.get(index);
    return kind === undefined || goodLines(kind, lines) > 0;
  };
  const uploads = [...(warmup === null ? [] : readUploads(warmup.record)), ...measured];
  const objects = await sink.objects();
  const { delayWindowMs } = config.processing;
  const outcomes = joinOutcomes({
    uploads: measured.filter(isReadable),
    delayWindowMs,
    settledMs: new Map(objects.map((object) => [object.index, object.settledMs])),
    completed: completedObjects(streamers),
  });
  const uploadedMs = Math.max(...parts.map(({ toMs }) => toMs));
  const settledEndMs = maxOf(outcomes, (outcome) => outcome.settled?.settledMs ?? uploadedMs, execution.windowStartMs);
  // The delay window moves the work as a whole to a later time. And a streamer that keeps up is done just before the schedule's last interval
  // ends: its rate is the schedule's all the same, and not above it.
  const { scheduleEndMs } = execution;
  const windowEndMs = scheduleEndMs === null ? settledEndMs : Math.max(settledEndMs - delayWindowMs, scheduleEndMs);
  const stats = await sink.stats();
  return {
    stage,
    execution,
    config,
    uploads,
    outcomes,
    totals: totalsOf(streamers),
    quarantined: quarantinedBy(streamers),
    droppedLines: await readDroppedLines(stage, streamers),
    verdict: await sink.judge({ objects: uploads.filter(isReadable).map(({ index }) => ({ index })) }),
    incompleteObjects: await countIncompleteObjects(stage, execution),
    sinkTimeline: await sink.timeline(),
    agentsAfter: stats.agents,
    unacknowledgedLines: stats.totals.unacknowledgedLines,
    inDoubtLinesMax: (await countUnansweredPosts(stage)) * config.http.batchLinesMax,
    redisCommands: (await stage.redisMeter?.total()) ?? null,
    settledEndMs,
    windowS: (windowEndMs - execution.windowStartMs) / 1000,
    elapsedS: (settledEndMs - execution.windowStartMs) / 1000,
  };
}
