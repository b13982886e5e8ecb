/** What each lever did in a sweep, and the configuration that came out best. Pure. */
import { median } from 'simple-statistics';
import type { LeverEffect, SweepResult } from '#reports';
import type { Configuration, Lever, LeverValue } from './sweep-design.ts';

/** What one configuration drained a backlog with, once for each repetition. */
export interface Response {
  readonly configuration: Configuration;
  readonly rawMBps: readonly number[];
}

/**
 * What each value of a lever did, over the lever's first value: the median of the ratios of configurations that differ in that lever alone. A value that
 * was never measured beside such a twin (most of a sample) is compared by the medians of all that has it and of all that has the first one, and says so:
 * other levers moved as well.
 */
export function mainEffects(levers: readonly Lever[], responses: readonly Response[]): readonly LeverEffect[] {
  const measured = responses.filter(({ rawMBps }) => rawMBps.length > 0);
  return levers.map(({ key, values: [start, ...others] }, lever) => {
    const withValue = (value: LeverValue): readonly Response[] =>
      measured.filter(({ configuration }) => configuration[lever] === value);
    const starts = withValue(start!);
    const pairs = starts.flatMap((first) =>
      measured.flatMap((other) => (isTwin(first, other, lever) ? [{ first, other }] : [])),
    );
    const levels = others.map((value): Level => {
      const twins = pairs.filter(({ other }) => other.configuration[lever] === value);
      if (twins.length === 0) return levelOf(value, withValue(value), overGroup(withValue(value), starts), 'groups');
      const ratios = twins.map(({ first, other }) => middleOf([other]) / middleOf([first]));
      return levelOf(
        value,
        twins.map(({ other }) => other),
        median(ratios),
        'twins',
      );
    });
    const firsts = pairs.length === 0 ? starts : [...new Set(pairs.map(({ first }) => first))];
    return { key, levels: [levelOf(start!, firsts, firsts.length === 0 ? null : 1, null), ...levels] };
  });
}

type Level = LeverEffect['levels'][number];

function levelOf(
  value: LeverValue,
  measured: readonly Response[],
  overStart: number | null,
  comparison: Level['comparison'],
): Level {
  return {
    value: String(value),
    measurements: measured.flatMap(({ rawMBps }) => rawMBps).length,
    rawMBps: measured.length === 0 ? null : middleOf(measured),
    overStart,
    comparison: overStart === null ? null : comparison,
  };
}

/** Both have another value of this lever, and the same of all others. */
function isTwin({ configuration: one }: Response, { configuration: other }: Response, lever: number): boolean {
  return one.every((value, index) => (value === other[index]) === (index !== lever));
}

function overGroup(measured: readonly Response[], starts: readonly Response[]): number | null {
  return measured.length === 0 || starts.length === 0 ? null : middleOf(measured) / middleOf(starts);
}

function middleOf(measured: readonly Response[]): number {
  return median(measured.flatMap(({ rawMBps }) => rawMBps));
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
