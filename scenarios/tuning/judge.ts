/**
 * From two measured arms to a judgement. Invariants: nothing is confirmed without a symptom; a figure that was not measured, an arm that proves nothing,
 * and rounds that disagree all give "could not tell", never one of the other two.
 */
import { median } from 'simple-statistics';
import {
  formatAmount,
  formatNumber,
  formatShare,
  holds,
  opSign,
  type TuningClaim,
  type TuningJudgement,
  type TuningRow,
} from '#reports';
import { adviceOf } from './documented.ts';
import type { Claim, Effect, Limit, Measure, Row } from './row.ts';

/** What a claim asks of the run of an arm. */
export interface ArmOutcome {
  /** Null where the run did not tell. */
  readonly read: (measure: Measure) => number | null;
  /** Why the run does not count; empty where it does. */
  readonly problems: readonly string[];
}

/** The runs of one arm, in the order of the rounds. */
export type OutcomesOf = (arm: string) => readonly ArmOutcome[];

interface Pair {
  readonly before: ArmOutcome;
  readonly after: ArmOutcome;
}

type ClaimVerdict = Pick<TuningClaim, 'judgement' | 'why'>;

export function judgeRow(row: Row, outcomesOf: OutcomesOf): TuningRow {
  const claims = row.claims.map((claim) => judgeClaim(claim, outcomesOf));
  const judgement = combine(claims.map((claim) => claim.judgement));
  return {
    name: row.name,
    documented: row.documented.map(adviceOf).map(({ section, symptom, text }) => ({
      section,
      text: symptom === null ? text : `${symptom}: ${text}`,
    })),
    judgement,
    why: whyOf(judgement, claims),
    claims,
  };
}

export function judgeClaim(claim: Claim, outcomesOf: OutcomesOf): TuningClaim {
  const { measure, price } = claim;
  const afters = outcomesOf(claim.after.name);
  const pairs = outcomesOf(claim.before.name).flatMap((before, round): readonly Pair[] => {
    const after = afters[round];
    return after === undefined ? [] : [{ before, after }];
  });
  const rounds = readRounds(pairs, measure);
  const { before, after } = mediansOf(rounds);
  return {
    when: claim.when,
    lever: claim.lever,
    measure: { name: measure.name, unit: measure.unit },
    expected: expectationOf(claim),
    rounds,
    before,
    after,
    ratio: before === null || after === null || before === 0 ? null : after / before,
    price: price === null ? null : { name: price.name, unit: price.unit, ...mediansOf(readRounds(pairs, price)) },
    ...verdictOf(claim, pairs),
    arms: { before: claim.before.name, after: claim.after.name },
  };
}

/** One claim that cannot be judged leaves the row unjudged: it might depend on just that. */
export function combine(judgements: readonly TuningClaim['judgement'][]): TuningJudgement {
  if (judgements.length === 0 || judgements.includes('could not tell')) return 'could not tell';
  const [first = 'could not tell'] = judgements;
  return judgements.every((judgement) => judgement === first) ? first : 'depends';
}

function whyOf(judgement: TuningJudgement, claims: readonly TuningClaim[]): string {
  const named = (wanted: TuningJudgement): string =>
    claims
      .filter((claim) => claim.judgement === wanted)
      .map(({ when, lever, why }) => `${when}, ${lever}: ${why}`)
      .join('; ');
  switch (judgement) {
    case 'depends':
      return `Yes for ${named('confirmed')}. No for ${named('not confirmed')}.`;
    case 'confirmed':
    case 'not confirmed':
    case 'could not tell':
      return `${capitalized(named(judgement))}.`;
  }
}

function verdictOf(claim: Claim, pairs: readonly Pair[]): ClaimVerdict {
  const problems = new Set(pairs.flatMap(({ before, after }) => [...before.problems, ...after.problems]));
  if (problems.size > 0) return couldNotTell(`an arm proves nothing (${[...problems].join('; ')})`);
  if (pairs.length === 0) return couldNotTell('it was not run');
  const verdicts = pairs.map((pair) => judgePair(claim, pair));
  const unsure = verdicts.find(({ judgement }) => judgement === 'could not tell');
  if (unsure !== undefined) return unsure;
  const [first] = verdicts;
  if (first !== undefined && verdicts.every(({ judgement }) => judgement === first.judgement)) {
    return { judgement: first.judgement, why: verdicts.map(({ why }) => why).join('; again: ') };
  }
  return couldNotTell(`the rounds disagree: ${verdicts.map(({ why }) => why).join('; but ')}`);
}

function judgePair({ measure, symptom, effect, provided }: Claim, { before, after }: Pair): ClaimVerdict {
  const [first, second] = [before.read(measure), after.read(measure)];
  if (first === null || second === null) return couldNotTell(`${measure.name} was not measured`);
  const amount = (value: number): string => formatAmount(value, measure.unit);
  // Of nothing there is no share, whatever the symptom asks for.
  if (first === 0 || !holds(first, symptom.op, symptom.limit)) {
    return couldNotTell(
      `the symptom did not appear (${measure.name} ${amount(first)}, wanted ${limitText(symptom, measure.unit)})`,
    );
  }
  const change = `${measure.name} from ${amount(first)} to ${amount(second)} (${ratioText(second / first, effect)})`;
  if (!isReached(second / first, effect)) return { judgement: 'not confirmed', why: change };
  const besides: string[] = [];
  for (const { arm, measure: other, op, limit } of provided) {
    const value = { before, after }[arm].read(other);
    if (value === null) return couldNotTell(`${other.name} was not measured`);
    const text = `${other.name} ${formatAmount(value, other.unit)}`;
    if (!holds(value, op, limit)) {
      const wanted = limitText({ op, limit }, other.unit);
      return { judgement: 'not confirmed', why: `${change}, but ${text}, wanted ${wanted}` };
    }
    besides.push(`, ${text}`);
  }
  return { judgement: 'confirmed', why: `${change}${besides.join('')}` };
}

function isReached(ratio: number, { kind, to }: Effect): boolean {
  return kind === 'falls' ? ratio <= to : ratio >= to;
}

function couldNotTell(why: string): ClaimVerdict {
  return { judgement: 'could not tell', why };
}

function expectationOf({ measure, symptom, effect, provided }: Claim): string {
  const besides = provided.map(
    ({ arm, measure: { name, unit }, ...limit }) =>
      `, with ${name} ${limitText(limit, unit)} ${arm === 'before' ? 'before' : 'then'}`,
  );
  const change =
    effect.kind === 'falls'
      ? `falls to ${formatShare(effect.to)} or less`
      : `rises to ${formatNumber(effect.to)} times or more`;
  return `${measure.name} ${limitText(symptom, measure.unit)} before, and it ${change}${besides.join('')}`;
}

function limitText({ op, limit }: Limit, unit: string): string {
  return `${opSign(op)} ${formatAmount(limit, unit)}`;
}

function ratioText(ratio: number, { kind }: Effect): string {
  return kind === 'falls' ? formatShare(ratio) : `${formatNumber(ratio)} times`;
}

function readRounds(pairs: readonly Pair[], measure: Measure): TuningClaim['rounds'] {
  return pairs.map(({ before, after }) => ({ before: before.read(measure), after: after.read(measure) }));
}

function mediansOf(rounds: TuningClaim['rounds']): Pick<TuningClaim, 'before' | 'after'> {
  const middle = (values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : median(known);
  };
  return {
    before: middle(rounds.map((round) => round.before)),
    after: middle(rounds.map((round) => round.after)),
  };
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
