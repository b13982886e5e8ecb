/**
 * One round of a program under measurement: a fresh process, fresh books at the sink, the same objects in the same S3.
 * Streamer and bare pipe are measured the same way: time from the moment they are ready to the last acknowledged line, by the sink's clock;
 * CPU time over the same span, by the operating system's count.
 */
import { HarnessError, readUsage } from '#simulator';
import type { Stage } from '../run/context.ts';
import { waitForLines } from '../run/settle.ts';
import { SinkWatch } from '../run/sink-watch.ts';
import { Streamer } from '../run/streamer.ts';
import { sumOf } from '../run/sum.ts';
import { startBarePipe } from './bare-pipe-process.ts';

export interface Round {
  readonly program: 'streamer' | 'bare pipe';
  readonly rawMBps: number;
  readonly rawMBPerCpuS: number;
  readonly cpuSPerGB: number;
  readonly rssMaxMB: number;
  /** CPU time of the sink over that of all cores. */
  readonly sinkShareOfMachine: number;
  readonly sinkUtilization: number;
  readonly lostLines: number;
  readonly duplicateLines: number;
  readonly otherLines: number;
}

interface Contestant {
  readonly pid: number;
  /** Epoch ms: ready, and about to look for objects. */
  readonly readyMs: number;
  readonly failure: () => string | null;
  readonly stop: () => Promise<unknown>;
}

const roundDeadlineMs = 120_000;

export async function streamerRound(stage: Stage, name: string): Promise<Round> {
  const { bundle, folder, s3, prefix, sink, scenario } = stage;
  const options = { bundle, folder, name, s3, prefix, endpoints: sink.endpoints, settings: scenario.settings };
  return measureRound(stage, 'streamer', async () => {
    const streamer = await Streamer.start(options, stage.processes, stage.sampler);
    return {
      pid: streamer.pid,
      readyMs: streamer.log.startedMs,
      failure: () => streamer.unexpectedExit,
      stop: async () => streamer.stop(),
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
  const contestant = await start();
  const before = readUsage(contestant.pid);
  const deadlineMs = Date.now() + roundDeadlineMs;
  const lines = sumOf(load.manifest.objects, (object) => object.lines);
  await waitForLines(stage, { lines, text: program, deadlineMs: () => deadlineMs, failure: contestant.failure });
  const after = readUsage(contestant.pid);
  const sinkCpuS = (await sink.client.stats()).cpuS - sinkCpuBeforeS;
  const utilization = await watch.stop();
  await contestant.stop();
  if (before === null || after === null)
    throw new HarnessError('broken', `The ${program} ended while it was measured.`);
  const settledMs = Math.max(...(await sink.client.objects()).map((object) => object.settledMs ?? 0));
  const verdict = await sink.client.judge({ ranges: [{ firstIndex: 0, lastIndex: load.manifest.objects.length - 1 }] });
  const windowS = (settledMs - contestant.readyMs) / 1000;
  const cpuS = after.cpuS - before.cpuS;
  const rawMB = sumOf(load.manifest.objects, (object) => object.rawBytes) / 1e6;
  const round: Round = {
    program,
    rawMBps: rawMB / windowS,
    rawMBPerCpuS: rawMB / cpuS,
    cpuSPerGB: cpuS / (rawMB / 1000),
    rssMaxMB: after.rssMaxMB,
    sinkShareOfMachine: sinkCpuS / windowS / stage.cores,
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
