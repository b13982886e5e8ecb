/** Options of `npm run scenario` that what is asked for would ignore: whoever gives one would believe a run that was another. */
import { HarnessError } from '#simulator';
import { choicesOf, scenariosWith } from './catalog.ts';
import type { Choice, ScenarioRequest } from './scenario.ts';
import { type TuningFlags, tuningName } from './tuning/command.ts';

export interface GivenOptions extends TuningFlags {
  readonly duration?: number;
  readonly full: boolean;
  readonly mutant?: string;
}

/** Throws where an option is given that has no meaning for one of the names. */
export function refuseIgnored(names: readonly string[], given: GivenOptions, request: ScenarioRequest): void {
  if (names.includes(tuningName)) {
    refuseGiven(
      optionsOfRuns(given),
      `${tuningName} has arms of its own. It is for scenarios: npm run scenario -- list.`,
    );
    return;
  }
  refuseGiven(optionsOfTuning(given), `It is for the rows of the tuning advice: npm run scenario -- ${tuningName}.`);
  // Of all of them, those that leave a choice take it.
  if (names.includes('list') || names.includes('all')) return;
  if (given.duration !== undefined) refuseWithout(names, { option: '--duration', choice: 'durationS' }, request);
  if (given.full) refuseWithout(names, { option: '--full', choice: 'isFull' }, request);
}

function optionsOfRuns({ duration, full, mutant }: GivenOptions): readonly string[] {
  return [
    ...(duration === undefined ? [] : ['--duration']),
    ...(full ? ['--full'] : []),
    ...(mutant === undefined ? [] : ['--mutant']),
  ];
}

function optionsOfTuning({ row, placebo }: GivenOptions): readonly string[] {
  return [...(row.length === 0 ? [] : ['--row']), ...(placebo ? ['--placebo'] : [])];
}

function refuseGiven([option]: readonly string[], why: string): void {
  if (option !== undefined) throw new HarnessError('usage', `${option} has no meaning here: ${why}`);
}

function refuseWithout(
  names: readonly string[],
  { option, choice }: { readonly option: string; readonly choice: Choice },
  request: ScenarioRequest,
): void {
  const fixed = names.filter((name) => !choicesOf(name, request).has(choice));
  if (fixed.length === 0) return;
  const good = scenariosWith(choice, request).join(', ');
  throw new HarnessError('usage', `${option} has no meaning for ${fixed.join(', ')}. It is for ${good}.`);
}
