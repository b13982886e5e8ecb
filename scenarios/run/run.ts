/** One run of a scenario, from nothing to its reports: set up, stream, judge, write, clean up. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge, type Measurements, reportFiles, type Result } from '#reports';
import { HarnessError } from '#simulator';
import { parseConfig } from '#streamer';
import { runPair } from '../bench/pair.ts';
import { type Pair, ratiosOf, spreadOf } from '../bench/ratio.ts';
import { barePipeRound, type Round, wrongLinesOf } from '../bench/rounds.ts';
import type { Scenario } from '../scenario.ts';
import { commonChecks } from './common-checks.ts';
import { confirmCeilingMBps, measureCeilingMBps } from './ceiling.ts';
import type { RunOptions, Stage } from './context.ts';
import { type Evidence, collectEvidence } from './evidence.ts';
import { execute } from './execute.ts';
import { measure, settledMBps } from './measure.ts';
import { observe } from '../observe/observation.ts';
import { disturbanceChecks, disturbances } from '../observe/disturbance.ts';
import { strikeChecks, strikesOf } from '../observe/strikes.ts';
import { RunFolder, runName } from './run-folder.ts';
import { setStage } from './stage.ts';
import { sumOf } from './sum.ts';
import { withProcesses } from './with-processes.ts';

export interface RunOutcome {
  readonly result: Result;
  /** Folder with its reports and logs. */
  readonly folder: string;
}

export async function runScenario(scenario: Scenario, options: RunOptions): Promise<RunOutcome> {
  const startedAt = new Date();
  const folder = new RunFolder(options.out, runName(scenario.name, options.seed, startedAt));
  try {
    const result = await withProcesses(
      folder.partial,
      join(folder.partial, 'logs'),
      options.signal,
      async (processes) => {
        const stage = await setStage(scenario, options, folder.partial, processes);
        return streamAndJudge(stage, startedAt);
      },
    );
    for (const [name, content] of Object.entries(reportFiles(result))) folder.write(name, content);
    folder.finish();
    return { result, folder: folder.final };
  } finally {
    options.progress.end();
    folder.discard();
  }
}

async function streamAndJudge(stage: Stage, startedAt: Date): Promise<Result> {
  const { scenario } = stage;
  const ceilingMBps = needsCeiling(scenario) ? await measureCeilingMBps(stage) : null;
  const execution = await execute(stage);
  const [first] = execution.streamers;
  if (first === undefined) throw new HarnessError('usage', `${scenario.name} has no streamer.`);
  await Promise.all(execution.streamers.map((streamer) => streamer.stop()));
  const { config } = parseConfig(readFileSync(first.configFile, 'utf8'), process.env, 'streamer.yaml');
  const evidence = await collectEvidence(stage, execution, config);
  const sinkCeilingMBps =
    ceilingMBps === null ? null : await confirmCeilingMBps(stage, ceilingMBps, settledMBps(evidence));
  const observed = {
    ...(await observe([...disturbances, ...scenario.observe], evidence)),
    ...strikesOf(execution.faults),
  };
  const measured = measure(evidence, { startedAt, sinkCeilingMBps, barePipe: null, observed });
  const barePipe = scenario.barePipeRounds === 0 ? null : await compareWithBarePipe(stage, roundOf(evidence, measured));
  return judge({ ...measured, barePipe }, [
    ...scenario.expect,
    ...commonChecks(scenario),
    ...disturbanceChecks(observed),
    ...strikeChecks(execution.faults, scenario.faults),
  ]);
}

function needsCeiling(scenario: Scenario): boolean {
  return scenario.expect.some((check) => check.path === 'sinkCeiling.shareUsed');
}

/** The run itself is the streamer's round of the first pair. */
async function compareWithBarePipe(stage: Stage, first: Round): Promise<Measurements['barePipe']> {
  const pairs: Pair[] = [{ streamer: first, barePipe: await barePipeRound(stage, 'bare-pipe-1') }];
  while (pairs.length < stage.scenario.barePipeRounds) pairs.push(await runPair(stage, pairs.length + 1));
  const ratios = ratiosOf(pairs);
  return {
    rounds: pairs.length,
    rawMBps: spreadOf(pairs.map(({ barePipe }) => barePipe.rawMBps)).median,
    ratioRawMBps: ratios.rawMBps,
    ratioRawMBPerCpuS: ratios.rawMBPerCpuS,
    wrongLines: sumOf(
      pairs.flatMap(({ streamer, barePipe }) => [streamer, barePipe]).filter((round) => round !== first),
      wrongLinesOf,
    ),
  };
}

function roundOf({ stage, verdict, windowS }: Evidence, measured: Measurements): Round {
  const { throughput, resources } = measured;
  return {
    program: 'streamer',
    rawMBps: throughput.rawMBps ?? 0,
    rawMBPerCpuS: throughput.rawMBPerCpuS ?? 0,
    cpuSPerGB: 1000 / (throughput.rawMBPerCpuS ?? Infinity),
    rssMaxMB: resources.streamer.rssMaxMB ?? 0,
    threadCpuSPerGB: null,
    sinkShareOfMachine: (resources.sink.cpuS ?? 0) / windowS / stage.cores,
    s3ShareOfMachine: resources.s3.cpuS === null ? null : resources.s3.cpuS / windowS / stage.cores,
    sinkUtilization: resources.sink.eventLoopUtilization ?? 0,
    lostLines: verdict.lostLines,
    duplicateLines: verdict.duplicateLines,
    otherLines: verdict.corruptLines + verdict.unexpectedLines,
  };
}
