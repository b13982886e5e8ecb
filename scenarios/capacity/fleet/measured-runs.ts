/** The measured runs that a simulated fleet is calibrated and checked with: the newest `capacity scale` of a folder, its points beside their whole results. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CapacityPoint, type Result, ResultSchema } from '#reports';
import { HarnessError, messageOf } from '#simulator';
import { PointStore } from '../points.ts';

export interface MeasuredRun {
  readonly point: CapacityPoint;
  readonly result: Result;
}

export interface MeasuredRuns {
  readonly folder: string;
  readonly experiment: string;
  /** Drains of a backlog by so many instances on one Redis. */
  readonly runs: readonly MeasuredRun[];
  /** Every step that was measured here, of whatever experiment, by any number of instances. */
  readonly steps: readonly Result[];
  /** A drain beside live traffic; null where none was measured. */
  readonly drain: Result | null;
}

const howToMeasure = 'measure some with `npm run capacity -- scale`, or name their folder with --from';

export function readMeasuredRuns(folder: string): MeasuredRuns {
  const points = existsSync(folder) ? new PointStore(folder).read() : [];
  const drained = points.filter(({ outcome, redis }) => outcome.kind === 'drained' && redis !== null);
  const newest = drained.toSorted((a, b) => a.at.localeCompare(b.at)).at(-1);
  if (newest === undefined)
    throw new HarnessError('usage', `No measured runs of several instances are in ${folder}: ${howToMeasure}.`);
  const results = readResults(join(folder, 'runs'));
  const runs = drained
    .filter(({ experiment }) => experiment === newest.experiment)
    .flatMap((point) => {
      const result = results.find(({ startedAt }) => startedAt === point.at);
      return result === undefined ? [] : [{ point, result }];
    });
  if (runs.length === 0)
    throw new HarnessError('usage', `The results of ${newest.experiment} are not in ${folder}/runs: ${howToMeasure}.`);
  const firstAt = runs.map(({ point }) => point.at).toSorted()[0] ?? '';
  const drain = results.findLast(
    ({ scenario, startedAt, verdict }) => scenario === 'capacity-drain' && startedAt > firstAt && verdict !== 'invalid',
  );
  const steps = results.filter(({ scenario, verdict }) => scenario === 'capacity-step' && verdict !== 'invalid');
  return { folder, experiment: newest.experiment, runs, steps, drain: drain ?? null };
}

/** In the order of their starts. */
function readResults(folder: string): readonly Result[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name, 'result.json'))
    .filter((file) => existsSync(file))
    .map((file) => readResult(file))
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}

function readResult(file: string): Result {
  try {
    return ResultSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new HarnessError(
      'usage',
      `${file} is no result of this version (${messageOf(error)}). Move it away, or name another folder with --from.`,
      { cause: error },
    );
  }
}
