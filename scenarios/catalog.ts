/** All scenarios by name. */
import { createRandom, HarnessError } from '#simulator';
import type { Scenario } from './scenario.ts';
import { snapshot } from './snapshot.ts';
import { streamerCrash } from './streamer-crash.ts';

/** By a seed, so that what is random in a scenario can be replayed. */
const scenarios: readonly ((seed: number) => Scenario)[] = [
  () => snapshot({ rate: '1x', durationS: 60, agents: 3, asDocumented: false }),
  () => snapshot({ rate: '10x', durationS: 60, agents: 3, asDocumented: false }),
  () => snapshot({ rate: 'max', durationS: 60, agents: 3, asDocumented: false }),
  (seed) => streamerCrash(createRandom(seed).fork('streamer-crash')),
];

export function allScenarios(seed: number): readonly Scenario[] {
  return scenarios.map((build) => build(seed));
}

export function findScenario(name: string, seed: number): Scenario {
  const all = allScenarios(seed);
  const found = all.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const names = all.map((scenario) => scenario.name).join(', ');
  throw new HarnessError('usage', `There is no scenario ${name}. There are: ${names}.`);
}
