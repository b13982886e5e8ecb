/**
 * The JSON that github-action-benchmark reads, in its two custom forms: one list where bigger is better, one where smaller is.
 * What a run did not measure is left out: a 0 in its history would look like a result.
 */
import { readNumber } from './field.ts';
import { FIGURES } from './figures.ts';
import type { Figure } from './figures.ts';
import type { Result } from './model.ts';

interface Benchmark {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** Shown as a tooltip. */
  readonly extra: string;
}

export interface Benchmarks {
  readonly biggerIsBetter: readonly Benchmark[];
  readonly smallerIsBetter: readonly Benchmark[];
}

export function benchmarksOf(result: Result): Benchmarks {
  return { biggerIsBetter: benchmarks(result, 'higher'), smallerIsBetter: benchmarks(result, 'lower') };
}

function benchmarks(result: Result, better: Figure['better']): Benchmark[] {
  const { scenario, environment, seed, verdict } = result;
  const extra = `${verdict}, seed ${seed}, Node ${environment.node}, ${environment.cores} cores of ${environment.cpu}`;
  return FIGURES.filter((figure) => figure.better === better).flatMap(({ name, path, unit }) => {
    const value = readNumber(result, path);
    return value === null ? [] : [{ name: `${scenario}: ${name}`, unit, value, extra }];
  });
}
