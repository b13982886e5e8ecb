/**
 * What came of the documented tuning advice, row by row: written as result.json, and read by every renderer. Texts are made where things are judged;
 * renderers compute nothing.
 */
import type { Result } from '../model.ts';

/** `depends`: it holds under some of the circumstances that were tried, and not under others. */
export type TuningJudgement = 'confirmed' | 'not confirmed' | 'depends' | 'could not tell';

export interface TuningResult {
  readonly schemaVersion: 1;
  readonly startedAt: string;
  readonly durationS: number;
  readonly seed: number;
  readonly replay: string;
  /** No lever was pulled: whatever is confirmed then is confirmed by nothing. */
  readonly isPlacebo: boolean;
  readonly environment: TuningEnvironment;
  readonly counts: Readonly<Record<TuningJudgement, number>>;
  readonly rows: readonly TuningRow[];
  readonly arms: readonly TuningArm[];
  /** Advice that nothing here can put to the test, and why. */
  readonly untested: readonly { readonly text: string; readonly why: string }[];
}

export interface TuningEnvironment extends Omit<Result['environment'], 's3' | 'redis'> {
  /** Kind and version; null where no arm came so far. */
  readonly s3: string | null;
  /** Of the arms that need it; null where none did. */
  readonly redis: string | null;
  /** Processes that wanted a core, over the last minute, at the start and at the end: above the number of cores others were at work. */
  readonly loadAverage: readonly [start: number, end: number];
}

export interface TuningRow {
  readonly name: string;
  readonly documented: readonly TuningSentence[];
  readonly judgement: TuningJudgement;
  readonly why: string;
  readonly claims: readonly TuningClaim[];
}

interface TuningSentence {
  readonly section: string;
  readonly text: string;
}

export interface TuningClaim {
  readonly when: string;
  readonly lever: string;
  readonly measure: { readonly name: string; readonly unit: string };
  /** What was asked for beforehand. */
  readonly expected: string;
  readonly rounds: readonly { readonly before: number | null; readonly after: number | null }[];
  /** Medians of the rounds. */
  readonly before: number | null;
  readonly after: number | null;
  /** `after` over `before`. */
  readonly ratio: number | null;
  readonly price: {
    readonly name: string;
    readonly unit: string;
    readonly before: number | null;
    readonly after: number | null;
  } | null;
  readonly judgement: Exclude<TuningJudgement, 'depends'>;
  readonly why: string;
  readonly arms: { readonly before: string; readonly after: string };
}

export interface TuningArm {
  readonly name: string;
  /** From 1. */
  readonly round: number;
  readonly purpose: string;
  readonly settings: readonly string[];
  readonly durationS: number;
  /** Of the run by itself; null where the harness broke before it could be judged. */
  readonly verdict: Result['verdict'] | null;
  /** Why it does not count; empty where it does. */
  readonly problems: readonly string[];
  /** The streamer lost, altered or invented lines, sent more of them twice than its faults explain, or did not do its work at all. */
  readonly isBroken: boolean;
  /** Relative to the report; null where there is none. */
  readonly report: string | null;
}
