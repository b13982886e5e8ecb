/**
 * One round of a program under measurement: a fresh process without state, fresh books at the sink, the same objects in the same S3.
 * Streamer and bare pipe are measured the same way: time from the moment they are ready to the last acknowledged line, by the sink's clock;
 * CPU time over the same span, by the operating system's count.
 */
import { HarnessError, readThreadCpuS, readUsage, type ThreadRole } from '#simulator';
import type { Stage } from '../run/context.ts';
import { waitForLines } from '../run/settle.ts';
import { SinkWatch } from '../run/sink-watch.ts';
import { Streamer, type StreamerOptions } from '../run/streamer.ts';
import { sumOf } from '../run/sum.ts';
import { startBarePipe } from './bare-pipe-process.ts';

export interface Round {
  readonly program: 'streamer' | 'bare pipe';
  readonly rawMBps: number;
  readonly rawMBPerCpuS: number;
  readonly cpuSPerGB: number;
  readonly rssMaxMB: number;
  /** `cpuSPerGB` by thread; null where the system does not tell. */
  readonly threadCpuSPerGB: Readonly<Record<ThreadRole, number>> | null;
  /** CPU time of the sink over that of all cores. */
  readonly sinkShareOfMachine: number;
  /** The same of the S3; null where it is no process of this machine. */
  readonly s3ShareOfMachine: number | null;
  readonly sinkUtilization: number;
  readonly lostLines: number;
  readonly duplicateLines: number;
  readonly otherLines: number;
}

export function wrongLinesOf({ lostLines, duplicateLines, otherLines }: Round): number {
  return lostLines + duplicateLines + otherLines;
}

interface Contestant {
  readonly pid: number;
  /** Epoch ms: ready, and about to look for objects. */
  readonly readyMs: number;
  readonly failure: () => HarnessError | null;
  readonly stop: () => Promise<unknown>;
}

const roundDeadlineMs = 120_000;

export interface StreamerChanges extends Partial<Pick<StreamerOptions, 'bundle' | 'settings' | 'nodeFlags' | 'env'>> {
  /** Called when everything is delivered, and the streamer still runs. */
  readonly beforeStop?: () => Promise<void>;
}

export async function streamerRound(
  stage: Stage,
  name: string,
  { beforeStop, ...changes }: StreamerChanges = {},
): Promise<Round> {
  const { bundle, folder, s3, redis, prefix, sink, scenario } = stage;
  const options = {
    bundle,
    folder,
    name,
    s3,
    // What the round before saved there is all complete.
    redis: redis === null ? null : { ...redis, keyPrefix: `${redis.keyPrefix}-${name}` },
    prefix,
    endpoints: sink.endpoints,
    settings: scenario.settings,
    ...changes,
  };
  return measureRound(stage, 'streamer', async () => {
    const streamer = await Streamer.start(options, stage.processes, stage.sampler);
    return {
      pid: streamer.pid,
      readyMs: streamer.log.startedMs,
      failure: () => streamer.unexpectedExit,
      stop: async () => {
        await beforeStop?.();
        await streamer.stop();
      },
    };
  });
}

export async function barePipeRound(stage: Stage, name: string): Promise<Round> {
  return measureRound(stage, 'bare pipe', async () => startBarePipe(stage, name));
}

async function measureRound(stage: Stage, program: Round['program'], start: () => Promise<Contestant>): Promise<Round> {
  const { sink, load, options } = stage;
  await sink.client.reset();
  const watch = await SinkWatch.start(sink.client);
  const sinkCpuBeforeS = (await sink.client.stats()).cpuS;
  const s3CpuBeforeS = s3CpuS(stage);
  const contestant = await start();
  const before = readUsage(contestant.pid);
  const deadlineMs = Date.now() + roundDeadlineMs;
  const lines = sumOf(load.manifest.objects, (object) => object.lines);
  await waitForLines(stage, { lines, text: program, deadlineMs: () => deadlineMs, failure: contestant.failure });
  const after = readUsage(contestant.pid);
  const threadCpuS = readThreadCpuS(contestant.pid);
  const s3CpuAfterS = s3CpuS(stage);
  const sinkCpuS = (await sink.client.stats()).cpuS - sinkCpuBeforeS;
  const utilization = await watch.stop();
  await contestant.stop();
  if (before === null || after === null) {
    const fault = program === 'streamer' ? 'streamer' : 'broken';
    throw new HarnessError(fault, `The ${program} ended while it was measured.`);
  }
  const settledMs = Math.max(...(await sink.client.objects()).map((object) => object.settledMs ?? 0));
  const verdict = await sink.client.judge({ ranges: [{ firstIndex: 0, lastIndex: load.manifest.objects.length - 1 }] });
  const windowS = (settledMs - contestant.readyMs) / 1000;
  const cpuS = after.cpuS - before.cpuS;
  const rawMB = sumOf(load.manifest.objects, (object) => object.rawBytes) / 1e6;
  const shareOfMachine = (usedS: number): number => usedS / windowS / stage.cores;
  const round: Round = {
    program,
    rawMBps: rawMB / windowS,
    rawMBPerCpuS: rawMB / cpuS,
    cpuSPerGB: cpuS / (rawMB / 1000),
    rssMaxMB: after.rssMaxMB,
    threadCpuSPerGB: threadCpuS === null ? null : perGB(threadCpuS, rawMB / 1000),
    sinkShareOfMachine: shareOfMachine(sinkCpuS),
    s3ShareOfMachine: s3CpuBeforeS === null || s3CpuAfterS === null ? null : shareOfMachine(s3CpuAfterS - s3CpuBeforeS),
    sinkUtilization: Math.max(0, ...utilization.map((sample) => sample.utilization)),
    lostLines: verdict.lostLines,
    duplicateLines: verdict.duplicateLines,
    otherLines: verdict.corruptLines + verdict.unexpectedLines,
  };
  options.progress.note(
    `${program.padEnd(9)} ${round.rawMBps.toFixed(0).padStart(5)} MB/s, ${round.rawMBPerCpuS.toFixed(0).padStart(5)} MB per CPU second, ${round.rssMaxMB.toFixed(0)} MB`,
  );
  return round;
}

function s3CpuS({ s3 }: Stage): number | null {
  return s3.pid === null ? null : (readUsage(s3.pid)?.cpuS ?? null);
}

function perGB(
  { main, pool, engine }: Readonly<Record<ThreadRole, number>>,
  rawGB: number,
): Record<ThreadRole, number> {
  return { main: main / rawGB, pool: pool / rawGB, engine: engine / rawGB };
}
