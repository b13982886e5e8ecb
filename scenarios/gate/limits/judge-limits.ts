/** The absolute gate: the limits of gate.yaml, held against one result. */
import { type Check, holds, numericFields, reachVerdict, readNumber, type Result, type Verdict } from '#reports';
import { HarnessError } from '#simulator';
import type { Threshold } from '../settings.ts';
import { type Comparison, ExpressionError, fieldsOf, parseComparison, valueOf } from './expression.ts';

export interface Limit extends Threshold {
  readonly comparison: Comparison;
}

export interface LimitsResult {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly scenario: string;
  readonly startedAt: string;
  readonly commit: string | null;
  readonly checks: readonly Check[];
}

/** Every problem at once: a limit that nobody can break is worse than none. */
export function readLimits(thresholds: readonly Threshold[], file: string): readonly Limit[] {
  const fields = numericFields();
  const problems: string[] = [];
  const limits = thresholds.flatMap((threshold) => {
    try {
      return [{ ...threshold, comparison: parseComparison(threshold.expression, fields) }];
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      problems.push(`${threshold.name}: ${error.message}`);
      return [];
    }
  });
  if (problems.length > 0) throw new HarnessError('usage', [`${file}:`, ...problems].join('\n  '));
  return limits;
}

/**
 * A run that proves nothing by its own checks (a generator that slipped, nothing exercised) proves nothing here either, and one that lost, doubled or forgot
 * anything by them is no good run, whether a limit names that or not. How fast and small it must be is for the limits alone.
 * `beside`: what was measured beside the run.
 */
export function judgeLimits(result: Result, limits: readonly Limit[], beside: readonly Check[] = []): LimitsResult {
  const own = result.checks.filter(({ kind }) => kind !== 'performance');
  const checks = [...limits.map((limit) => checkLimit(result, limit)), ...beside, ...own];
  const { verdict, verdictReasons } = reachVerdict(checks, limits.length);
  const { scenario, startedAt, environment } = result;
  return { verdict, reasons: verdictReasons, scenario, startedAt, commit: environment.git, checks };
}

function checkLimit(result: Result, { name, kind, unit, expression, comparison }: Limit): Check {
  const read = (path: string): number | null => readNumber(result, path);
  const { left, op, right } = comparison;
  const actual = valueOf(left, read);
  const limit = valueOf(right, read);
  const missing = [...fieldsOf(left), ...fieldsOf(right)].filter((path) => read(path) === null);
  return {
    name,
    kind,
    path: expression,
    op,
    limit,
    actual,
    unit,
    ok: actual !== null && limit !== null && holds(actual, op, limit),
    note: missing.length === 0 ? null : `not measured: ${missing.join(', ')}`,
  };
}
