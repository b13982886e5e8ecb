/** Figures with limits, for the benches that have no bare pipe beside them. */
import { loadavg } from 'node:os';
import type { Machine } from '../environment/machine.ts';

export interface JudgedFigure {
  readonly name: string;
  readonly actual: number;
  readonly op: '<=' | '>=';
  readonly limit: number;
  readonly unit: string;
}

export interface JudgedBench {
  readonly title: string;
  readonly figures: readonly JudgedFigure[];
  /** What helps to read the figures, a line each. */
  readonly notes?: readonly string[];
  /** Why the figures prove nothing; empty when they do. */
  readonly invalid: readonly string[];
  readonly machine: Machine;
  readonly s3: { readonly kind: string; readonly version: string };
  readonly seed: number;
  readonly replay: string;
}

export function wrongLinesFigure(lines: number): JudgedFigure {
  return { name: 'lines lost, twice, or not as they were', actual: lines, op: '<=', limit: 0, unit: 'lines' };
}

export function isMet({ actual, op, limit }: JudgedFigure): boolean {
  return op === '<=' ? actual <= limit : actual >= limit;
}

/** What was measured while others used the machine is not the streamer's. */
export function whyBusy(cores: number, loads = loadavg()): readonly string[] {
  const [load = 0] = loads;
  return load > cores ? [`the machine was busy before: load ${load.toFixed(1)} on ${cores} cores`] : [];
}

export function renderJudged({ title, figures, notes = [], invalid, machine, s3, replay }: JudgedBench): string {
  const rows = figures.map((figure) => {
    const { name, actual, op, limit, unit } = figure;
    const wanted = `${op} ${numberOf(limit)}`;
    return `  ${isMet(figure) ? 'ok    ' : 'MISSED'}  ${name.padEnd(44)}${numberOf(actual).padStart(8)} ${unit.padEnd(12)}${wanted}`;
  });
  return [
    title,
    `Node ${machine.node}, ${machine.cores} cores of ${machine.cpu}, S3 ${s3.kind} ${s3.version}.`,
    '',
    ...rows,
    '',
    ...(notes.length === 0 ? [] : [...notes.map((note) => `  ${note}`), '']),
    ...invalid.map((reason) => `Proves nothing: ${reason}`),
    `Replay: ${replay}`,
    '',
  ].join('\n');
}

function numberOf(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}
