/**
 * Two runs side by side. What differs in their surroundings comes first: figures of unlike surroundings say nothing about the code,
 * and even of like ones a single pair is no proof (`npm run gate` repeats until it is one).
 */
import { readNumber } from './field.ts';
import { FIGURES } from './figures.ts';
import type { Figure } from './figures.ts';
import { formatAmount, formatNumber } from './format.ts';
import type { Result, Verdict } from './model.ts';

/** A change too small to be written with three digits is none. */
const SAME_SHARE = 0.0005;

interface Difference {
  readonly what: string;
  readonly a: string;
  readonly b: string;
  /** `surroundings` make figures incomparable; `subject` is what the comparison is about: code, settings, seed. */
  readonly kind: 'surroundings' | 'subject';
}

interface ComparedFigure {
  readonly name: string;
  readonly unit: string;
  readonly a: number | null;
  readonly b: number | null;
  /** B against A; null where one is missing, or A is 0. */
  readonly changePercent: number | null;
  readonly direction: 'better' | 'worse' | 'same' | 'unknown';
}

export interface Comparison {
  readonly a: ComparedRun;
  readonly b: ComparedRun;
  readonly differences: readonly Difference[];
  readonly figures: readonly ComparedFigure[];
  /**
   * `worse`: B failed, or lost lines, where A did not. `incomparable`: the surroundings differ, or a run proves nothing.
   * `compared`: the figures stand side by side, and nobody judges them.
   */
  readonly verdict: 'compared' | 'worse' | 'incomparable';
  readonly reasons: readonly string[];
}

interface ComparedRun {
  readonly name: string;
  readonly scenario: string;
  readonly verdict: Verdict;
  readonly startedAt: string;
}

export interface NamedResult {
  readonly name: string;
  readonly result: Result;
}

export function compareRuns(a: NamedResult, b: NamedResult): Comparison {
  const differences = differencesOf(a.result, b.result);
  return {
    a: describeRun(a),
    b: describeRun(b),
    differences,
    figures: FIGURES.map((figure) => compareFigure(figure, a.result, b.result)),
    ...reachVerdict(a.result, b.result, differences),
  };
}

function describeRun({ name, result }: NamedResult): ComparedRun {
  return { name, scenario: result.scenario, verdict: result.verdict, startedAt: result.startedAt };
}

function differencesOf(a: Result, b: Result): Difference[] {
  const after = new Map(subjectOf(b));
  const surroundingsAfter = new Map(surroundingsOf(b));
  return [
    ...surroundingsOf(a).map(([what, value]) => ({
      what,
      a: value,
      b: surroundingsAfter.get(what) ?? '',
      kind: 'surroundings' as const,
    })),
    ...namesOf(subjectOf(a), subjectOf(b)).map((what) => ({
      what,
      a: new Map(subjectOf(a)).get(what) ?? 'not set',
      b: after.get(what) ?? 'not set',
      kind: 'subject' as const,
    })),
  ].filter((difference) => difference.a !== difference.b);
}

type Facts = readonly (readonly [what: string, value: string])[];

function surroundingsOf({ scenario, environment, load, streamer }: Result): Facts {
  const part = ({ kind, version }: Result['environment']['s3']): string => `${kind} ${version ?? ''}`.trim();
  return [
    ['scenario', scenario],
    ['processor', `${environment.cores} cores of ${environment.cpu}`],
    ['memory', formatAmount(Math.round(environment.memoryMB / 100) * 100, 'MB')],
    ['operating system', environment.os],
    ['Node', environment.node],
    ['S3', part(environment.s3)],
    ['Redis', part(environment.redis)],
    ['load', `${load.rate} ${load.schedule}, ${formatAmount(load.files, 'files')}`],
    ['endpoints', String(streamer.endpoints)],
  ];
}

function subjectOf({ environment, streamer, seed, load, settings }: Result): Facts {
  return [
    ['commit', environment.git ?? 'unknown'],
    ['streamer', streamer.version],
    ['instances', String(streamer.instances)],
    ['seed', String(seed)],
    ['raw bytes', formatNumber(load.rawBytes)],
    ...settings.map(({ key, value }) => [key, value] as const),
  ];
}

function namesOf(...lists: readonly Facts[]): string[] {
  return [...new Set(lists.flatMap((facts) => facts.map(([what]) => what)))];
}

function compareFigure({ name, path, unit, better }: Figure, before: Result, after: Result): ComparedFigure {
  const a = readNumber(before, path);
  const b = readNumber(after, path);
  const changePercent = a === null || b === null || a === 0 ? null : ((b - a) / a) * 100;
  return { name, unit, a, b, changePercent, direction: directionOf(a, b, better) };
}

function directionOf(a: number | null, b: number | null, better: Figure['better']): ComparedFigure['direction'] {
  if (a === null || b === null) return 'unknown';
  if (Math.abs(b - a) <= SAME_SHARE * Math.abs(a)) return 'same';
  return b > a === (better === 'higher') ? 'better' : 'worse';
}

function reachVerdict(
  a: Result,
  b: Result,
  differences: readonly Difference[],
): Pick<Comparison, 'verdict' | 'reasons'> {
  const worse = worseReasons(a, b);
  if (worse.length > 0) return { verdict: 'worse', reasons: worse };
  const reasons = [
    ...differences.filter(({ kind }) => kind === 'surroundings').map(({ what }) => `${what} differs`),
    ...(a.verdict === 'invalid' ? ['run A proves nothing'] : []),
    ...(b.verdict === 'invalid' ? ['run B proves nothing'] : []),
  ];
  return { verdict: reasons.length === 0 ? 'compared' : 'incomparable', reasons };
}

/** Loss and failed checks are facts, however unlike the surroundings are. */
function worseReasons(a: Result, b: Result): string[] {
  const lost = (b.delivery.lostLines ?? 0) > (a.delivery.lostLines ?? 0);
  return [
    ...(lost ? [`run B lost ${formatAmount(b.delivery.lostLines, 'lines')}`] : []),
    ...(a.verdict === 'pass' && b.verdict === 'fail' ? ['run A passed and run B failed'] : []),
  ];
}
