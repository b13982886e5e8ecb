import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combine, judgeClaim, judgeRow, type ArmOutcome } from './judge.ts';
import { arm, smallBacklog } from './arms.ts';
import { drainRate, lagMedian, unevenness } from './measures.ts';
import { planRuns, withoutLever } from './plan.ts';
import type { Claim, Measure, Row } from './row.ts';

const armNamed = (name: string): Claim['before'] => arm({ name, why: 'A test.', takesS: 10, load: smallBacklog(1) });

const lagFalls: Claim = {
  when: 'agents that take no more',
  lever: 'endpoints 2 to 4',
  before: armNamed('two'),
  after: armNamed('four'),
  measure: lagMedian,
  symptom: { op: '>=', limit: 1500 },
  effect: { kind: 'falls', to: 0.5 },
  provided: [],
  price: null,
};

type Figures = Readonly<Partial<Record<Measure['path'], number>>>;

function outcome(figures: Figures, problems: readonly string[] = []): ArmOutcome {
  return { read: ({ path }) => figures[path] ?? null, problems };
}

/** The figures of `two` and `four`, a pair for each round. */
function judged(claim: Claim, ...rounds: readonly (readonly [ArmOutcome, ArmOutcome])[]) {
  return judgeClaim(claim, (name) => rounds.map(([before, after]) => (name === claim.before.name ? before : after)));
}

const lag = (ms: number): ArmOutcome => outcome({ 'latencyMs.lag.p50': ms });

describe('judgeClaim', () => {
  it('confirms what falls as far as was said beforehand, and no less', () => {
    expect(judged(lagFalls, [lag(4000), lag(2000)])).toMatchObject({
      judgement: 'confirmed',
      before: 4000,
      after: 2000,
      ratio: 0.5,
      why: 'lag of the median object from 4 s to 2 s (50%)',
    });
    expect(judged(lagFalls, [lag(4000), lag(2001)]).judgement).toBe('not confirmed');
  });

  it('cannot tell where the symptom did not appear, however much less there is of it afterwards', () => {
    const claim = judged(lagFalls, [lag(1499), lag(1)]);
    expect(claim).toMatchObject({ judgement: 'could not tell' });
    expect(claim.why).toBe('the symptom did not appear (lag of the median object 1.5 s, wanted ≥ 1.5 s)');
  });

  it('confirms what rises, and takes nothing for a share of nothing', () => {
    const rises: Claim = {
      ...lagFalls,
      measure: drainRate,
      symptom: { op: '>=', limit: 0 },
      effect: { kind: 'rises', to: 2 },
    };
    const rate = (mbps: number): ArmOutcome => outcome({ 'throughput.rawMBps': mbps });
    expect(judged(rises, [rate(10), rate(20)]).judgement).toBe('confirmed');
    expect(judged(rises, [rate(10), rate(19)]).judgement).toBe('not confirmed');
    expect(judged(rises, [rate(0), rate(20)])).toMatchObject({ judgement: 'could not tell', ratio: null });
  });

  it('does not confirm what holds only in part, and names the part', () => {
    const evenly: Claim = { ...lagFalls, provided: [{ arm: 'after', measure: unevenness, op: '<=', limit: 0.05 }] };
    const after = (deviation: number): ArmOutcome =>
      outcome({ 'latencyMs.lag.p50': 100, 'agentBalance.worstDeviation': deviation });
    const even = judged(evenly, [lag(4000), after(0.05)]);
    expect(even.judgement).toBe('confirmed');
    expect(even.why).toMatch(/, bytes per endpoint, worst deviation from even 5%$/);
    const uneven = judged(evenly, [lag(4000), after(0.06)]);
    expect(uneven.judgement).toBe('not confirmed');
    expect(uneven.why).toMatch(/, but bytes per endpoint, worst deviation from even 6%, wanted ≤ 5%$/);
    expect(judged(evenly, [lag(4000), lag(100)])).toMatchObject({ judgement: 'could not tell' });
  });

  it('cannot tell where an arm proves nothing, was not measured, or was not run', () => {
    const slipped = outcome({ 'latencyMs.lag.p50': 4000 }, ['slip of the generator: 2400']);
    expect(judged(lagFalls, [slipped, lag(100)])).toMatchObject({
      judgement: 'could not tell',
      why: 'an arm proves nothing (slip of the generator: 2400)',
    });
    expect(judged(lagFalls, [lag(4000), outcome({})]).judgement).toBe('could not tell');
    expect(judged(lagFalls)).toMatchObject({ judgement: 'could not tell', why: 'it was not run' });
  });

  it('cannot tell where the rounds disagree, and shows the median of those that do not', () => {
    expect(judged(lagFalls, [lag(4000), lag(100)], [lag(4000), lag(3000)])).toMatchObject({
      judgement: 'could not tell',
      why: expect.stringMatching(/^the rounds disagree: /),
    });
    expect(judged(lagFalls, [lag(4000), lag(100)], [lag(6000), lag(300)])).toMatchObject({
      judgement: 'confirmed',
      before: 5000,
      after: 200,
    });
  });

  it('never confirms an arm that is compared with itself', () => {
    const effects = fc.oneof(
      fc.record({ kind: fc.constant('falls' as const), to: fc.double({ min: 0, max: 0.99, noNaN: true }) }),
      fc.record({ kind: fc.constant('rises' as const), to: fc.double({ min: 1.01, max: 100, noNaN: true }) }),
    );
    fc.assert(
      fc.property(effects, fc.double({ min: 0, max: 1e9, noNaN: true }), (effect, ms) => {
        const same = lag(ms);
        expect(judged({ ...lagFalls, effect }, [same, same]).judgement).not.toBe('confirmed');
      }),
    );
  });
});

describe('combine', () => {
  it.each([
    [['confirmed', 'confirmed'], 'confirmed'],
    [['not confirmed', 'not confirmed'], 'not confirmed'],
    [['confirmed', 'not confirmed'], 'depends'],
    [['confirmed', 'could not tell'], 'could not tell'],
    [[], 'could not tell'],
  ] as const)('makes of %j: %s', (judgements, row) => {
    expect(combine(judgements)).toBe(row);
  });
});

describe('judgeRow', () => {
  const row: Row = {
    name: 'lag-endpoints',
    documented: ['lagEndpoints', 'upEndpoints'],
    rounds: 1,
    claims: [lagFalls, { ...lagFalls, when: 'agents that are far away', after: armNamed('far') }],
  };

  it('says under which circumstances it holds, in the words of the documentation', () => {
    const figures: Readonly<Record<string, ArmOutcome>> = { two: lag(4000), four: lag(100), far: lag(3900) };
    const { judgement, why, documented } = judgeRow(row, (name) => [figures[name] ?? outcome({})]);
    expect(judgement).toBe('depends');
    expect(why).toMatch(/^Yes for agents that take no more, .* No for agents that are far away, endpoints 2 to 4: /);
    expect(documented.map(({ text }) => text)).toEqual([
      'Sustained lag: Add HTTP endpoints',
      'Add additional HTTP endpoints (8082, 8083, …).',
    ]);
  });

  it('with no lever pulled runs the first arm twice, and confirms nothing', () => {
    const placebo = withoutLever(row);
    expect(planRuns([placebo]).map(({ arm: { name } }) => name)).toEqual(['two', 'two-again']);
    const { judgement, claims } = judgeRow(placebo, () => [lag(4000)]);
    expect(judgement).toBe('not confirmed');
    expect(claims[0]?.lever).toBe('nothing (in place of endpoints 2 to 4)');
  });
});
