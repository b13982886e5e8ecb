/** A figure that one scenario reads out of its run, and judges as `observed.ID`. */
import type { CheckSpec, MeasuredPath } from '#reports';
import type { Evidence } from '../run/evidence.ts';

export interface Observation {
  /** One word in camel case: it becomes a field of the result. */
  readonly id: string;
  /** What it is, for the table of checks. */
  readonly name: string;
  readonly unit: string;
  /** Null when the run does not tell. */
  readonly measure: (evidence: Evidence) => number | null | Promise<number | null>;
}

export function observedPath(id: string): MeasuredPath {
  return `observed.${id}`;
}

/** The check of an observation, named as it is. */
export function expectObserved(
  { id, name, unit }: Observation,
  kind: CheckSpec['kind'],
  op: CheckSpec['op'],
  limit: CheckSpec['limit'],
  note?: string,
): CheckSpec {
  return { name, kind, path: observedPath(id), op, limit, unit, ...(note === undefined ? {} : { note }) };
}

export async function observe(
  observations: readonly Observation[],
  evidence: Evidence,
): Promise<Readonly<Record<string, number | null>>> {
  const entries: (readonly [string, number | null])[] = [];
  for (const { id, measure } of observations) entries.push([id, await measure(evidence)]);
  return Object.fromEntries(entries);
}
