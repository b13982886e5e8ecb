/** Which configurations a sweep measures, and in which order. Pure. */

export type LeverValue = string | number | boolean;

export interface Lever {
  /** A dotted configuration key, or `endpoints`. */
  readonly key: string;
  /** The first one is where all levers start from. */
  readonly values: readonly LeverValue[];
}

export const designs = ['one-at-a-time', 'grid', 'sample'] as const;
export type Design = (typeof designs)[number];

/** A value for each lever, in the order of the levers. */
export type Configuration = readonly LeverValue[];

/** Without repetitions; the first one has every lever at its start. `sampleSize` counts for `sample` only. */
export function configurationsOf(
  levers: readonly Lever[],
  design: Design,
  sampleSize: number,
): readonly Configuration[] {
  const start = levers.map(({ values }) => values[0]!);
  switch (design) {
    case 'one-at-a-time':
      return distinct([
        start,
        ...levers.flatMap(({ values }, lever) => values.slice(1).map((value) => start.with(lever, value))),
      ]);
    case 'grid':
      return grid(levers);
    case 'sample':
      return distinct([start, ...sample(levers, sampleSize)]);
  }
}

/** Each round measures every configuration once, in an order of its own, so that a drift of the machine falls on all of them alike. */
export function orderOf(configurations: number, rounds: number, random: () => number): readonly number[] {
  return Array.from({ length: rounds }, () => shuffle(configurations, random)).flat();
}

function grid(levers: readonly Lever[]): readonly Configuration[] {
  let configurations: LeverValue[][] = [[]];
  for (const { values } of levers) {
    configurations = configurations.flatMap((begun) => values.map((value) => [...begun, value]));
  }
  return configurations;
}

/**
 * Points of the Halton sequence, each coordinate in the base of a prime of its own: they fill the space evenly however few there are, and a
 * larger sample holds the smaller one, so that a sweep that goes on keeps what it has.
 */
function sample(levers: readonly Lever[], size: number): readonly Configuration[] {
  if (levers.length > primes.length) throw new RangeError(`a sample takes ${primes.length} levers at most`);
  return Array.from({ length: size }, (_, index) =>
    levers.map(({ values }, lever) => values[Math.floor(radicalInverse(index + 1, primes[lever]!) * values.length)]!),
  );
}

const primes = [2, 3, 5, 7, 11, 13, 17, 19];

/** The digits of the index in this base, mirrored at the point: 0 to 1, without 1. */
function radicalInverse(index: number, base: number): number {
  let inverse = 0;
  let digitValue = 1 / base;
  for (let rest = index; rest > 0; rest = Math.floor(rest / base)) {
    inverse += (rest % base) * digitValue;
    digitValue /= base;
  }
  return inverse;
}

function distinct(configurations: readonly Configuration[]): readonly Configuration[] {
  const byText = new Map(configurations.map((configuration) => [JSON.stringify(configuration), configuration]));
  return [...byText.values()];
}

function shuffle(length: number, random: () => number): readonly number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
