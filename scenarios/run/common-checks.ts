/**
 * What is judged in every run, whatever its scenario asks for: that durable state holds what was delivered, and that the run is worth a verdict.
 * A scenario that needs another limit has a check of its own on the same figure, with its reason as the note; it then stands for the common one.
 */
import type { CheckSpec } from '#reports';
import { deliveredIsComplete, generatorKeptSchedule, sinkNotSaturated } from '../checks.ts';
import type { Scenario } from '../scenario.ts';

export function commonChecks({ load, expect }: Pick<Scenario, 'load' | 'expect'>): readonly CheckSpec[] {
  const isScheduled = load.parts.some(({ arrival }) => arrival.kind !== 'backlog');
  const checks = [deliveredIsComplete, ...(isScheduled ? [generatorKeptSchedule] : []), sinkNotSaturated];
  const own = new Set(expect.map(({ path }) => path));
  return checks.filter(({ path }) => !own.has(path));
}
