/**
 * Named checks in a small declarative form, over the fields of the measurements.
 * Invariant: a check on a value that was not measured (null, or no such field) is never passed.
 */
import { readNumber } from './field.ts';
import type { Check, Measurements } from './model.ts';

/** Every dotted path to a number in the measurements, for example `latencyMs.lag.p99`. Lists have no paths. */
type NumericPath<T> = {
  [Key in keyof T & string]: NonNullable<T[Key]> extends number
    ? Key
    : NonNullable<T[Key]> extends readonly unknown[]
      ? never
      : NonNullable<T[Key]> extends object
        ? `${Key}.${NumericPath<NonNullable<T[Key]>>}`
        : never;
}[keyof T & string];

export type MeasuredPath = NumericPath<Measurements>;

export interface CheckSpec {
  readonly name: string;
  /**
   * `integrity` (nothing lost, nothing altered) fails a run even when the run is invalid: a line that is gone is gone.
   * `performance` counts in a valid run only. `validity` says whether the run proves anything at all.
   */
  readonly kind: Check['kind'];
  readonly path: MeasuredPath;
  readonly op: Check['op'];
  /** A number, or the field that holds the limit (for example the duplicate bound). */
  readonly limit: number | { readonly path: MeasuredPath };
  /** `share` for a ratio from 0 to 1, which is written as a percentage. */
  readonly unit: string;
  readonly note?: string;
}

export function evaluateChecks(specs: readonly CheckSpec[], measurements: Measurements): Check[] {
  return specs.map((spec) => evaluateCheck(spec, measurements));
}

function evaluateCheck(spec: CheckSpec, measurements: Measurements): Check {
  const actual = readNumber(measurements, spec.path);
  const limit = typeof spec.limit === 'number' ? spec.limit : readNumber(measurements, spec.limit.path);
  const missing = [
    ...(actual === null ? [spec.path] : []),
    ...(limit === null && typeof spec.limit !== 'number' ? [spec.limit.path] : []),
  ];
  const missingNote = missing.length === 0 ? null : `not measured: ${missing.join(', ')}`;
  return {
    name: spec.name,
    kind: spec.kind,
    path: spec.path,
    op: spec.op,
    limit,
    actual,
    unit: spec.unit,
    ok: actual !== null && limit !== null && holds(actual, spec.op, limit),
    note: missingNote ?? spec.note ?? null,
  };
}

export function holds(actual: number, op: Check['op'], limit: number): boolean {
  switch (op) {
    case '<':
      return actual < limit;
    case '<=':
      return actual <= limit;
    case '==':
      return actual === limit;
    case '>=':
      return actual >= limit;
    case '>':
      return actual > limit;
  }
}
