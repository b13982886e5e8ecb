/** Runs the arms one after the other, each as an ordinary run with a report of its own, and says how long the rest will take. */
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  type Check,
  formatActual,
  formatLimit,
  formatSeconds,
  readNumber,
  type Result,
  type TuningArm,
} from '#reports';
import { HarnessError, messageOf } from '#simulator';
import { describeUnforeseen } from '../command-line.ts';
import { describeSettings } from '../run/settings.ts';
import type { RunOptions } from '../run/context.ts';
import { runScenario } from '../run/run.ts';
import { sumOf } from '../run/sum.ts';
import type { ArmOutcome } from './judge.ts';
import type { PlannedRun } from './plan.ts';

export interface RunArm {
  readonly arm: TuningArm;
  readonly outcome: ArmOutcome;
  /** Null where the run ended before there was one. */
  readonly result: Result | null;
}

/** An arm that proves nothing is run once more: the machine may have been busy with something else for a moment. */
const attemptsMax = 2;
/** Of each run, beside its load: its parts are started, and stopped. */
const overheadS = 4;

/** `folder`: of the whole; the runs' reports go into one of its own. */
export async function runArms(
  planned: readonly PlannedRun[],
  folder: string,
  options: RunOptions,
): Promise<readonly RunArm[]> {
  const out = join(folder, 'arms');
  mkdirSync(out);
  const startedMs = Date.now();
  const runs: RunArm[] = [];
  for (const [index, plan] of planned.entries()) {
    const left = timeLeftS(planned, index, (Date.now() - startedMs) / 1000);
    options.progress.note(`${index + 1} of ${planned.length}: ${plan.arm.name} (about ${formatSeconds(left)} left)`);
    runs.push(await runUntilItCounts(plan, { ...options, out }, folder));
  }
  return runs;
}

/** By what the arms are said to take, and by how much longer those before really took. */
export function timeLeftS(planned: readonly PlannedRun[], done: number, elapsedS: number): number {
  const expectedS = (runs: readonly PlannedRun[]): number => sumOf(runs, ({ arm }) => arm.takesS + overheadS);
  const doneS = expectedS(planned.slice(0, done));
  return Math.ceil(expectedS(planned.slice(done)) * (doneS === 0 ? 1 : elapsedS / doneS));
}

async function runUntilItCounts(plan: PlannedRun, options: RunOptions, folder: string): Promise<RunArm> {
  for (let attempt = 1; ; attempt += 1) {
    const run = await runOnce(plan, options, folder);
    const isSpoiled = run.outcome.problems.length > 0 && !run.arm.isBroken;
    if (!isSpoiled || attempt === attemptsMax) return run;
    options.progress.note(`${plan.arm.name} proves nothing (${run.outcome.problems.join('; ')}): once more`);
  }
}

async function runOnce({ arm, round }: PlannedRun, options: RunOptions, folder: string): Promise<RunArm> {
  const startedMs = Date.now();
  const about = {
    name: arm.name,
    round,
    purpose: arm.why,
    settings: describeSettings(arm.settings).map(({ key, value }) => `${key} ${value}`),
  };
  try {
    // A Redis that was asked for is for the arms that need one: others are about its absence.
    const redis = arm.redis === null ? 'none' : options.redis;
    const { result, folder: own } = await runScenario(arm, { ...options, redis });
    const problems = problemsOf(result.checks);
    return {
      arm: {
        ...about,
        durationS: result.durationS,
        verdict: result.verdict,
        problems,
        isBroken: result.checks.some(isBreach),
        report: join(relative(folder, own), 'report.html'),
      },
      outcome: { read: ({ path }) => readNumber(result, path), problems },
      result,
    };
  } catch (error) {
    if (options.signal.aborted) throw error;
    // An arm whose streamer does not do its work has failed. One that broke proves nothing; those after it may.
    const isBroken = error instanceof HarnessError && error.fault === 'streamer';
    if (!(error instanceof HarnessError)) options.progress.note(describeUnforeseen(error));
    const problems = messageOf(error).split('\n').slice(0, 1);
    const durationS = (Date.now() - startedMs) / 1000;
    return {
      arm: { ...about, durationS, verdict: isBroken ? 'fail' : null, problems, isBroken, report: null },
      outcome: { read: () => null, problems },
      result: null,
    };
  }
}

function problemsOf(checks: readonly Check[]): readonly string[] {
  return checks
    .filter(({ ok, kind }) => !ok && kind !== 'performance')
    .map((check) => `${check.name} ${formatActual(check)}, required ${formatLimit(check)}`);
}

function isBreach({ ok, kind, actual }: Check): boolean {
  return !ok && kind === 'integrity' && actual !== null;
}
