/**
 * Whether a scenario that did not pass is run once more. A machine that is busy with other things spoils figures, and then says nothing of the program;
 * but it loses, doubles and alters no line, and ends no program: a run that broke the integrity of the data, or whose streamer did not do its work, is
 * never repeated.
 */
import { exitCodes } from '../command-line.ts';
import type { RunResult } from './run-result.ts';

/** Why it is worth another run; null when it is not. `result`: null where it has left none. `exitCode`: of the run. */
export function reasonToRepeat(result: RunResult | null, exitCode: number): string | null {
  // The harness broke before there was a result: a port that another program took, a process that was not up in time.
  if (result === null) return exitCode === exitCodes.provesNothing ? 'it broke before there was a result.' : null;
  const { verdict, verdictReasons, checks } = result;
  const isBroken = checks.some(({ kind, ok, actual }) => kind === 'integrity' && !ok && actual !== null);
  if (verdict === 'pass' || isBroken) return null;
  return `${verdict === 'fail' ? 'nothing is lost, but its timing failed' : 'it proves nothing'}: ${verdictReasons[0] ?? ''}`;
}
