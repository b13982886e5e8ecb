/**
 * The search for the highest sustainable rate, as a pure function of what was tried so far: so a search that was cut off goes on from its
 * record, and the whole of it can be tested without a machine.
 *
 * It starts high (at what a backlog drained with) and comes down, since a rate just above the edge takes long to show and a far too high one
 * shows at once. Then it halves the bracket, and repeats both of its ends.
 */

export interface Trial {
  readonly rawMBps: number;
  readonly kind: 'sustainable' | 'unsustainable' | 'invalid';
}

export interface SearchOptions {
  /** Where it starts: MB/s raw. */
  readonly startRawMBps: number;
  /** Below this it gives up. */
  readonly floorRawMBps: number;
  /** Half the width of the bracket over its middle: 0.05 is +-5 %. */
  readonly tolerance: number;
  /** How often each end of the bracket is tried: the lower one must hold each time. */
  readonly repetitions: number;
}

export interface Bracket {
  /** Held in every repetition; 0 when no rate did. */
  readonly sustainedRawMBps: number;
  /** Did not hold each time; null when the search never came so high. */
  readonly brokenRawMBps: number | null;
}

export type SearchStep =
  | { readonly kind: 'try'; readonly rawMBps: number; readonly why: string }
  | { readonly kind: 'done'; readonly bracket: Bracket }
  /** Even the lowest rate was not sustained, or the machine could not be loaded so. */
  | { readonly kind: 'failed'; readonly why: string };

const stepDown = 0.8;
const stepUp = 1.5;
/** A start that was guessed far too low is not mended for ever. */
const stepsUpMax = 12;

export function nextStep(trials: readonly Trial[], options: SearchOptions): SearchStep {
  const rates = ratesTried(trials);
  const sustained = highestSustained(rates);
  const broken = lowestBroken(rates, sustained);
  if (rates.length === 0) return tryRate(roundRate(options.startRawMBps), 'the rate at which a backlog drained');
  if (sustained === null) return comeDown(broken, options);
  if (broken === null) return goUp(rates, sustained);
  if ((broken.rawMBps - sustained.rawMBps) / (broken.rawMBps + sustained.rawMBps) > options.tolerance) {
    const middle = roundRate((broken.rawMBps + sustained.rawMBps) / 2);
    if (!rates.some(({ rawMBps }) => rawMBps === middle)) return tryRate(middle, 'halving the bracket');
  }
  return repeatEnds(sustained, broken, options);
}

export function bracketOf(trials: readonly Trial[]): Bracket {
  const rates = ratesTried(trials);
  const sustained = highestSustained(rates);
  return {
    sustainedRawMBps: sustained?.rawMBps ?? 0,
    brokenRawMBps: lowestBroken(rates, sustained)?.rawMBps ?? null,
  };
}

/** What came of all trials at one rate. */
interface Rate {
  readonly rawMBps: number;
  readonly trials: number;
  readonly held: number;
}

function ratesTried(trials: readonly Trial[]): readonly Rate[] {
  const rates = new Map<number, { trials: number; held: number }>();
  for (const { rawMBps, kind } of trials) {
    const rate = rates.get(rawMBps) ?? { trials: 0, held: 0 };
    rate.trials += 1;
    if (kind === 'sustainable') rate.held += 1;
    rates.set(rawMBps, rate);
  }
  return [...rates].map(([rawMBps, rate]) => ({ rawMBps, ...rate })).toSorted((a, b) => a.rawMBps - b.rawMBps);
}

/** Below every rate that broke: a lucky run above a broken rate proves nothing. */
function highestSustained(rates: readonly Rate[]): Rate | null {
  let highest: Rate | null = null;
  for (const rate of rates) {
    if (rate.held < rate.trials) return highest;
    highest = rate;
  }
  return highest;
}

function lowestBroken(rates: readonly Rate[], sustained: Rate | null): Rate | null {
  return rates.find((rate) => rate.held < rate.trials && rate.rawMBps > (sustained?.rawMBps ?? 0)) ?? null;
}

function comeDown(broken: Rate | null, { floorRawMBps }: SearchOptions): SearchStep {
  const next = roundRate((broken?.rawMBps ?? 0) * stepDown);
  if (next < floorRawMBps) return { kind: 'failed', why: `no rate from ${floorRawMBps} MB/s on was sustained` };
  return tryRate(next, 'coming down');
}

function goUp(rates: readonly Rate[], sustained: Rate): SearchStep {
  if (rates.length > stepsUpMax) {
    return { kind: 'failed', why: `${sustained.rawMBps} MB/s was sustained still: start higher` };
  }
  return tryRate(roundRate(sustained.rawMBps * stepUp), 'it held: going up');
}

/** A rate that held and then breaks is broken: the bracket moves down by itself, and its new lower end is repeated in turn. */
function repeatEnds(sustained: Rate, broken: Rate, { repetitions }: SearchOptions): SearchStep {
  if (sustained.trials < repetitions) return tryRate(sustained.rawMBps, 'once more at the edge: does it hold?');
  if (broken.trials < repetitions) return tryRate(broken.rawMBps, 'once more above the edge: how often does it break?');
  return { kind: 'done', bracket: { sustainedRawMBps: sustained.rawMBps, brokenRawMBps: broken.rawMBps } };
}

function tryRate(rawMBps: number, why: string): SearchStep {
  return { kind: 'try', rawMBps, why };
}

/** Three digits: what is more is not measured, and the same rate must come out the same when a search goes on. */
function roundRate(rawMBps: number): number {
  return Number(rawMBps.toPrecision(3));
}
