/**
 * What a row of the documented tuning advice is: data. Each claim sets two arms side by side, one with the symptom and one with the lever pulled, and
 * says beforehand what must be seen: how strong the symptom is, and how much of it the lever takes away. So each claim can come out either way.
 */
import type { Check, MeasuredPath } from '#reports';
import type { Scenario } from '../scenario.ts';
import type { DocumentedId } from './documented.ts';

export interface Row {
  readonly name: string;
  /** The documented sentences that it puts to the test. */
  readonly documented: readonly DocumentedId[];
  /** How often each arm is run, the arms in turn: more than once where the machine's noise could be taken for the lever. */
  readonly rounds: number;
  readonly claims: readonly Claim[];
}

/** An ordinary run of the harness. Arms with the same name are the same arm, and are run once for all claims that need it. */
export type Arm = Scenario;

export interface Claim {
  /** Under which circumstances: what the outcome may depend on. */
  readonly when: string;
  /** What is changed from the first arm to the second. */
  readonly lever: string;
  readonly before: Arm;
  readonly after: Arm;
  readonly measure: Measure;
  /** What the first arm must show. Where it does not, there was nothing to mend, and nothing is claimed. */
  readonly symptom: Limit;
  readonly effect: Effect;
  /** What must hold besides. */
  readonly provided: readonly Provision[];
  /** What the lever costs, shown and not judged; null where nothing is known to get worse. */
  readonly price: Measure | null;
}

export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly path: MeasuredPath;
}

export interface Limit {
  readonly op: Check['op'];
  readonly limit: number;
}

interface Provision extends Limit {
  readonly arm: 'before' | 'after';
  readonly measure: Measure;
}

/** Second arm over first: `falls` to at most this ratio, `rises` to at least this. */
export interface Effect {
  readonly kind: 'falls' | 'rises';
  readonly to: number;
}
