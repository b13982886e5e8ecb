/** What each lever did in a sweep, and the configuration that came out best. Pure. */
import { median } from 'simple-statistics';
import type { LeverEffect, SweepResult } from '#reports';
import type { Configuration, Lever } from './sweep-design.ts';

/** What one configuration drained a backlog with, once for each repetition. */
export interface Response {
  readonly configuration: Configuration;
  readonly rawMBps: readonly number[];
}

/** For each lever and value: the median of all that was measured with it, over that with the lever's first value. */
export function mainEffects(levers: readonly Lever[], responses: readonly Response[]): readonly LeverEffect[] {
  return levers.map(({ key, values }, lever) => {
    const start = responsesWith(responses, lever, values[0]!);
    const levels = values.map((value) => {
      const measured = responsesWith(responses, lever, value);
      return {
        value: String(value),
        measurements: measured.length,
        rawMBps: measured.length === 0 ? null : median(measured),
        overStart: measured.length === 0 || start.length === 0 ? null : median(measured) / median(start),
      };
    });
    return { key, levels };
  });
}

/**
 * The fastest by its median; of those that the noise of repetitions cannot tell from it, the one that asks for least: the first in the order of
 * the levers' own values. Null when nothing was measured.
 */
export function recommend(levers: readonly Lever[], responses: readonly Response[]): SweepResult['recommended'] {
  const measured = responses.filter(({ rawMBps }) => rawMBps.length > 0);
  const best = measured.toSorted((a, b) => median([...b.rawMBps]) - median([...a.rawMBps]))[0];
  if (best === undefined) return null;
  const noise = noiseOf(measured);
  const alike = measured.filter(({ rawMBps }) => median([...rawMBps]) >= median([...best.rawMBps]) * (1 - noise));
  const chosen = alike.toSorted((a, b) => demandOf(levers, a.configuration) - demandOf(levers, b.configuration))[0]!;
  return {
    settings: Object.fromEntries(levers.map(({ key }, lever) => [key, chosen.configuration[lever]!])),
    rawMBps: median([...chosen.rawMBps]),
    bestRawMBps: median([...best.rawMBps]),
    noise,
    alike: alike.length,
  };
}

/** Half the spread of a configuration's repetitions over its median, as the median of all; without repetitions nothing is known of it. */
function noiseOf(responses: readonly Response[]): number {
  const spreads = responses
    .filter(({ rawMBps }) => rawMBps.length > 1)
    .map(({ rawMBps }) => (Math.max(...rawMBps) - Math.min(...rawMBps)) / 2 / median([...rawMBps]));
  return spreads.length === 0 ? 0 : median(spreads);
}

/** How far along its lever's values each value stands, summed. */
function demandOf(levers: readonly Lever[], configuration: Configuration): number {
  return levers.reduce((sum, { values }, lever) => sum + values.indexOf(configuration[lever]!) / values.length, 0);
}

function responsesWith(responses: readonly Response[], lever: number, value: Configuration[number]): number[] {
  return responses.filter(({ configuration }) => configuration[lever] === value).flatMap(({ rawMBps }) => rawMBps);
}
