/** The run that the absolute gate judges where it is given none: ten times the documented rate, for as long as a p99 needs. */
import { defineScenario, constantPart, loadOf } from '../../define-scenario.ts';
import { duplicatesWithinBound, generatorKeptSchedule, nothingLost, sinkNotSaturated } from '../../checks.ts';
import type { Scenario } from '../../scenario.ts';

const timesDocumented = 10;
/** 304 objects. */
const durationS = 80;

export function limitsScenario(): Scenario {
  return defineScenario({
    name: 'gate-limits',
    why: 'Ten times the documented rate, held against the limits of scenarios/gate.yaml.',
    proves: 'The limits of scenarios/gate.yaml.',
    takesS: durationS,
    load: loadOf('10x', [constantPart('load', timesDocumented, durationS)], { warmupObjects: 4 }),
    expect: [...nothingLost, duplicatesWithinBound, sinkNotSaturated, generatorKeptSchedule],
  });
}
