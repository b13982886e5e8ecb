import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JudgedPair, judgePairs } from './judge.ts';
import { asPercent, type Figures, fromPercent, METRICS, worsening } from './metrics.ts';

const effectMin = {
  start: 0.05,
  throughput: 0.05,
  cpu: 0.05,
  lagP50: 0.05,
  lagP99: 0.05,
  notified: 0.05,
  memory: 0.05,
  requests: 0.05,
};
const once = (pairs: number) => ({ looks: [pairs], pairsMax: 60, isLast: true, effectMin });

/** Each pair with a little noise of its own, the same in every metric; `head` changes one side. */
function pairsOf(count: number, change: (base: Figures, at: number) => Partial<Figures> = () => ({})): JudgedPair[] {
  return Array.from({ length: count }, (_, at) => {
    const noise = 1 + (at % 2 === 0 ? 0.002 : -0.002) * (1 + at / 100);
    const base = {
      start: 600,
      throughput: 300,
      cpu: 2,
      lagP50: 150,
      lagP99: 300,
      notified: 20,
      memory: 200,
      requests: 2000,
    };
    const head = {
      start: 600 * noise,
      throughput: 300 * noise,
      cpu: 2 * noise,
      lagP50: 150 * noise,
      lagP99: 300 * noise,
      notified: 20 * noise,
      memory: 200 * noise,
      requests: 2000,
    };
    return { base, head: { ...head, ...change(base, at) } };
  });
}

/** The lag goes up and down by a factor of up to three, for no reason. */
function noisyPairs(count: number): JudgedPair[] {
  const random = lehmer(count);
  return pairsOf(count, (base) => ({ lagP99: (base.lagP99 ?? 0) * 3 ** (2 * random() - 1) }));
}

const stateOf = (pairs: readonly JudgedPair[]) =>
  Object.fromEntries(judgePairs(pairs, once(pairs.length)).metrics.map(({ name, verdict }) => [name, verdict]));

describe('judgePairs', () => {
  it('passes what is alike, and is done at the first look', () => {
    const { verdict, isClear } = judgePairs(pairsOf(12), { looks: [12], pairsMax: 60, isLast: false, effectMin });
    expect({ verdict, isClear }).toEqual({ verdict: 'pass', isClear: true });
  });

  it('finds a slow-down in the metric where it is, in the right direction', () => {
    const slower = pairsOf(20, (base) => ({ throughput: (base.throughput ?? 0) * 0.9, cpu: (base.cpu ?? 0) * 0.8 }));
    expect(stateOf(slower)).toMatchObject({ throughput: 'regressed', cpu: 'improved', memory: 'pass' });
    const { verdict, metrics } = judgePairs(slower, once(20));
    expect(verdict).toBe('regressed');
    expect(metrics.find(({ name }) => name === 'throughput')?.worsePercent).toBeCloseTo(10);
  });

  it('does not mind a real change that is smaller than what counts', () => {
    expect(stateOf(pairsOf(30, (base, at) => ({ cpu: (base.cpu ?? 0) * (1.02 + at / 10_000) })))).toMatchObject({
      cpu: 'pass',
    });
  });

  it('says what it could have seen where the noise was too much', () => {
    const noisy = noisyPairs(20);
    const { verdict, isClear, metrics } = judgePairs(noisy, once(20));
    expect({ verdict, isClear }).toEqual({ verdict: 'inconclusive', isClear: true });
    const lag = metrics.find(({ name }) => name === 'lagP99');
    expect(lag?.verdict).toBe('inconclusive');
    expect(lag?.detectablePercent).toBeGreaterThan(30);
  });

  it('asks for more pairs while it cannot tell', () => {
    const noisy = noisyPairs(12);
    expect(judgePairs(noisy, { looks: [12], pairsMax: 60, isLast: false, effectMin }).isClear).toBe(false);
  });

  it('does not judge what base does not measure, and says so', () => {
    const pairs = pairsOf(12).map(({ base, head }) => ({ base: { ...base, requests: null }, head }));
    const { verdict, metrics } = judgePairs(pairs, once(12));
    expect(verdict).toBe('pass');
    expect(metrics.find(({ name }) => name === 'requests')).toMatchObject({
      verdict: 'unknown',
      note: 'base does not measure it, so it is not judged',
    });
  });

  it('does not pass what head has stopped to measure', () => {
    const pairs = pairsOf(12).map(({ base, head }) => ({ base, head: { ...head, requests: null } }));
    const { verdict, metrics } = judgePairs(pairs, once(12));
    expect(verdict).toBe('inconclusive');
    expect(metrics.find(({ name }) => name === 'requests')?.note).toBe('head does not measure it any more');
  });

  it('does not pass what was measured on neither side', () => {
    const pairs = pairsOf(12).map(({ base, head }) => ({
      base: { ...base, lagP99: null },
      head: { ...head, lagP99: null },
    }));
    expect(judgePairs(pairs, once(12)).verdict).toBe('inconclusive');
  });

  it('proves nothing from no pairs', () => {
    expect(judgePairs([], once(0)).verdict).toBe('inconclusive');
  });

  it('keeps a decision at later looks', () => {
    // Worse for twelve pairs, then better: what was found at the first look stands.
    const turning = pairsOf(24, (base, at) => ({ cpu: (base.cpu ?? 0) * (at < 12 ? 1.2 : 0.7) }));
    const { metrics } = judgePairs(turning, { looks: [12, 24], pairsMax: 60, isLast: true, effectMin });
    expect(metrics.find(({ name }) => name === 'cpu')?.verdict).toBe('regressed');
  });

  it('raises at most one false alarm in twenty, over all looks and metrics', () => {
    // All differences by chance: every sign is as likely as its opposite. Heavy tails, as a busy machine makes them, and so wide that the smallest effect that counts is no shelter.
    const random = lehmer(7);
    const draw = () => Math.tan(Math.PI * (random() - 0.5)) * 0.3;
    const trials = 200;
    const alarms = Array.from({ length: trials }, () => {
      const pairs = pairsOf(60, (base) => ({
        start: 600 * Math.exp(draw()),
        throughput: 300 * Math.exp(draw()),
        cpu: 2 * Math.exp(draw()),
        lagP50: 150 * Math.exp(draw()),
        lagP99: 300 * Math.exp(draw()),
        notified: 20 * Math.exp(draw()),
        memory: 200 * Math.exp(draw()),
        requests: (base.requests ?? 0) * Math.exp(draw()),
      }));
      const { metrics } = judgePairs(pairs, { looks: [12, 24, 40, 60], pairsMax: 60, isLast: true, effectMin });
      return metrics.some(({ verdict }) => verdict === 'regressed' || verdict === 'improved');
    }).filter(Boolean).length;
    expect(alarms / trials).toBeLessThanOrEqual(0.05);
  });
});

describe('percentages of a worsening', () => {
  it('are those of the figure itself, and come back unchanged', () => {
    fc.assert(
      fc.property(fc.constantFrom(...METRICS), fc.double({ min: 0.1, max: 0.99, noNaN: true }), (metric, factor) => {
        const isLower = metric.better === 'lower';
        const worse = worsening(metric, 100, isLower ? 100 / factor : 100 * factor) ?? Number.NaN;
        expect(asPercent(metric, worse)).toBeCloseTo(isLower ? 100 / factor - 100 : 100 - 100 * factor, 6);
        expect(fromPercent(metric, asPercent(metric, worse))).toBeCloseTo(worse, 9);
      }),
    );
  });
});

function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
