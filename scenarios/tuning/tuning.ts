/** `scenario -- tuning`: runs the arms of the documented tuning advice, judges its rows, and writes one report about them. */
import { loadavg } from 'node:os';
import { type Result, tuningFiles, type TuningEnvironment, type TuningResult } from '#reports';
import { describeMachine } from '../environment/machine.ts';
import { exitCodes } from '../command-line.ts';
import type { RunOptions } from '../run/context.ts';
import { RunFolder, runName } from '../run/run-folder.ts';
import { judgeRow } from './judge.ts';
import { planRuns, withoutLever } from './plan.ts';
import type { Row } from './row.ts';
import { untestedAdvice } from './rows.ts';
import { type RunArm, runArms } from './run-arms.ts';

export interface TuningOptions extends RunOptions {
  /** Pulls no lever: nothing may be confirmed then. */
  readonly isPlacebo: boolean;
}

export interface TuningOutcome {
  readonly result: TuningResult;
  /** Folder with its reports. */
  readonly folder: string;
}

export async function runTuning(rows: readonly Row[], options: TuningOptions): Promise<TuningOutcome> {
  const startedAt = new Date();
  const loadAtStart = oneMinuteLoad();
  const folder = new RunFolder(options.out, runName('tuning', options.seed, startedAt));
  try {
    const tried = options.isPlacebo ? rows.map(withoutLever) : rows;
    const runs = await runArms(planRuns(tried), folder.partial, options);
    const outcomes = Map.groupBy(runs, ({ arm }) => arm.name);
    const judged = tried.map((row) =>
      judgeRow(row, (name) => (outcomes.get(name) ?? []).toSorted(byRound).map(({ outcome }) => outcome)),
    );
    const result: TuningResult = {
      schemaVersion: 1,
      startedAt: startedAt.toISOString(),
      durationS: (Date.now() - startedAt.getTime()) / 1000,
      seed: options.seed,
      replay: options.replay,
      isPlacebo: options.isPlacebo,
      environment: environmentOf(runs, loadAtStart),
      counts: countJudgements(judged),
      rows: judged,
      arms: runs.map(({ arm }) => arm),
      untested: untestedAdvice,
    };
    for (const [name, content] of Object.entries(tuningFiles(result))) folder.write(name, content);
    folder.finish();
    return { result, folder: folder.final };
  } finally {
    options.progress.end();
    folder.discard();
  }
}

/**
 * 0 when every row could be judged, however it came out: a row that is not confirmed is a finding about the advice, and the report shows it. 1 when an arm
 * lost or altered lines, or when something was confirmed by a lever that nobody pulled. 3 when a row could not be judged.
 */
export function exitCodeOf({ arms, counts, isPlacebo, rows }: TuningResult): number {
  const isBroken = arms.some((arm) => arm.isBroken);
  const isConfirmedByNothing =
    isPlacebo && rows.some(({ claims }) => claims.some(({ judgement }) => judgement === 'confirmed'));
  if (isBroken || isConfirmedByNothing) return exitCodes.failed;
  return rows.length === 0 || counts['could not tell'] > 0 ? exitCodes.provesNothing : exitCodes.passed;
}

function byRound(a: RunArm, b: RunArm): number {
  return a.arm.round - b.arm.round;
}

function countJudgements(rows: TuningResult['rows']): TuningResult['counts'] {
  const count = (wanted: (typeof rows)[number]['judgement']): number =>
    rows.filter(({ judgement }) => judgement === wanted).length;
  return {
    confirmed: count('confirmed'),
    'not confirmed': count('not confirmed'),
    depends: count('depends'),
    'could not tell': count('could not tell'),
  };
}

function environmentOf(runs: readonly RunArm[], loadAtStart: number): TuningEnvironment {
  const parts = runs.flatMap(({ result }) => result?.environment ?? []);
  const redis = parts.map((environment) => environment.redis).find(({ kind }) => kind !== 'none');
  return {
    ...describeMachine(),
    s3: describePart(parts[0]?.s3),
    redis: describePart(redis),
    loadAverage: [loadAtStart, oneMinuteLoad()],
  };
}

function describePart(part: Result['environment']['s3'] | undefined): string | null {
  return part === undefined ? null : `${part.kind} ${part.version ?? ''}`.trim();
}

function oneMinuteLoad(): number {
  return loadavg()[0] ?? 0;
}
