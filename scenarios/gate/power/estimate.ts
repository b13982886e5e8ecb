/**
 * The gate's own error rates, from stored pairs: thousands of gates are played with pairs drawn from them, each as long as a real one may take.
 *
 * Of base with itself, the sides of each drawn pair are swapped at random: which run came first was chance, so both ways are equally likely.
 * The interval of a rate comes from drawing the stored pairs themselves anew, too: with few of them it is wide, however many gates are played.
 */
import { mean, median, quantile } from 'simple-statistics';
import type { SeededRandom } from '#simulator';
import { figuresOfPair } from '../figures-of.ts';
import { type JudgedPair, judgePairs, type Judgement } from '../judge.ts';
import { asPercent, METRICS, type MetricName, worsening } from '../metrics.ts';
import type { Pair } from '../pair.ts';
import type { GateSettings } from '../settings.ts';
import { hodgesLehmann } from '../statistics/signed-rank.ts';

export interface PowerOptions {
  readonly settings: GateSettings;
  /** Pairs that a gate gets done in its time. */
  readonly pairsInTime: number;
  /** How often the stored pairs are drawn anew, and how many gates are played with each drawing. */
  readonly drawings: number;
  readonly gatesPerDrawing: number;
  readonly random: SeededRandom;
}

export interface Rate {
  readonly rate: number;
  /** 95 %. */
  readonly low: number;
  readonly high: number;
}

export interface Power {
  readonly kind: string;
  readonly storedPairs: number;
  /** What the slow-down was measured to be, in percent for the worse; null where no pair has the figure. */
  readonly worsePercent: Readonly<Record<MetricName, number | null>>;
  readonly verdicts: Readonly<Record<Judgement['verdict'], Rate>>;
  /** Pairs until the verdict, on average. */
  readonly pairsUsed: number;
}

/** The rate itself comes from so many times as many gates as each drawing of its interval. */
const GATES_OF_THE_RATE = 10;
const VERDICTS = ['pass', 'regressed', 'improved', 'inconclusive'] as const;

/** Pairs that fit into the time, at the pace of the stored ones. */
export function pairsInTime(pairs: readonly Pair[], timeS: number): number {
  return Math.floor(timeS / median(pairs.map(({ base, head }) => base.durationS + head.durationS)));
}

export function estimatePower(kind: string, pairs: readonly Pair[], options: PowerOptions): Power {
  const { random, drawings, gatesPerDrawing } = options;
  const judged = pairs.map(figuresOfPair);
  const play = (from: readonly JudgedPair[], gates: number): PlayedGate[] =>
    Array.from({ length: gates }, () => playGate(from, kind === 'none', options));
  const first = play(judged, gatesPerDrawing * GATES_OF_THE_RATE);
  const drawn = Array.from({ length: drawings }, () =>
    play(
      judged.map(() => random.pick(judged)),
      gatesPerDrawing,
    ),
  );
  return {
    kind,
    storedPairs: pairs.length,
    worsePercent: {
      start: worseOf('start', judged),
      throughput: worseOf('throughput', judged),
      cpu: worseOf('cpu', judged),
      lagP50: worseOf('lagP50', judged),
      lagP99: worseOf('lagP99', judged),
      notified: worseOf('notified', judged),
      memory: worseOf('memory', judged),
      requests: worseOf('requests', judged),
    },
    verdicts: {
      pass: rateOf('pass', first, drawn),
      regressed: rateOf('regressed', first, drawn),
      improved: rateOf('improved', first, drawn),
      inconclusive: rateOf('inconclusive', first, drawn),
    },
    pairsUsed: mean(first.map(({ pairs: used }) => used)),
  };
}

interface PlayedGate {
  readonly verdict: (typeof VERDICTS)[number];
  readonly pairs: number;
}

function playGate(
  from: readonly JudgedPair[],
  isAlike: boolean,
  { settings, pairsInTime: pairsMost, random }: PowerOptions,
): PlayedGate {
  const pairsMax = settings.looks.at(-1) ?? 0;
  const end = Math.min(pairsMax, pairsMost);
  const drawn = Array.from({ length: end }, () => {
    const { base, head } = random.pick(from);
    return isAlike && random.chance(0.5) ? { base: head, head: base } : { base, head };
  });
  const looks: number[] = [];
  for (const pairs of [...settings.looks.filter((look) => look < end), end]) {
    looks.push(pairs);
    const isLast = pairs === end;
    const { verdict, isClear } = judgePairs(drawn.slice(0, pairs), {
      looks,
      pairsMax,
      isLast,
      effectMin: settings.effectMin,
    });
    if (isClear) return { verdict, pairs };
  }
  return { verdict: 'inconclusive', pairs: end };
}

function rateOf(
  verdict: PlayedGate['verdict'],
  first: readonly PlayedGate[],
  drawn: readonly (readonly PlayedGate[])[],
): Rate {
  const shareOf = (gates: readonly PlayedGate[]): number =>
    gates.filter((gate) => gate.verdict === verdict).length / gates.length;
  const shares = drawn.map(shareOf);
  return { rate: shareOf(first), low: quantile(shares, 0.025), high: quantile(shares, 0.975) };
}

function worseOf(name: MetricName, pairs: readonly JudgedPair[]): number | null {
  const metric = METRICS.find((candidate) => candidate.name === name);
  if (metric === undefined) return null;
  const differences = pairs
    .map(({ base, head }) => worsening(metric, base[name], head[name]))
    .filter((difference) => difference !== null);
  return differences.length === 0 ? null : asPercent(metric, hodgesLehmann(differences));
}
