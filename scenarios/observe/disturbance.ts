/** What voids any run: a machine that was taken away, or a clock that was set, while it went on. */
import type { CheckSpec } from '#reports';
import { expectObserved, type Observation } from './observation.ts';

/** Above this the machine was not ours to measure on. */
const cpuStealShareMax = 0.1;
/** An adjusted clock drifts by far less; one that is set jumps by more. */
const clockJumpMsMax = 500;

const cpuSteal: Observation = {
  id: 'cpuStealShare',
  name: 'CPU time stolen by the host',
  unit: 'share',
  measure: ({ stage }) => stage.disturbance.cpuStealShare,
};

const clockJump: Observation = {
  id: 'clockJumpMsMax',
  name: 'largest jump of the wall clock',
  unit: 'ms',
  measure: ({ stage }) => stage.disturbance.clockJumpMsMax,
};

export const disturbances: readonly Observation[] = [cpuSteal, clockJump];

const stealCheck = expectObserved(
  cpuSteal,
  'validity',
  '<=',
  cpuStealShareMax,
  'above it the figures are of a machine that others had in use',
);
const jumpCheck = expectObserved(clockJump, 'validity', '<=', clockJumpMsMax, 'lag is a difference of its times');

/** A system that does not tell of stolen time has none that could be judged: it must neither pass for 0 nor void every run. */
export function disturbanceChecks(observed: Readonly<Record<string, number | null>>): readonly CheckSpec[] {
  return observed[cpuSteal.id] === null ? [jumpCheck] : [stealCheck, jumpCheck];
}
