/** `npm run scenario -- tuning` on the command line. */
import { renderTuningText } from '#reports';
import { HarnessError } from '#simulator';
import type { RunOptions } from '../run/context.ts';
import type { Scenario } from '../scenario.ts';
import { planRuns } from './plan.ts';
import { timeLeftS } from './run-arms.ts';
import { findRow, tuningRows } from './rows.ts';
import { exitCodeOf, runTuning } from './tuning.ts';

export interface TuningFlags {
  /** All where there is none. */
  readonly row: readonly string[];
  readonly placebo: boolean;
}

export const tuningName = 'tuning';

export function describeTuning(): Pick<Scenario, 'name' | 'why' | 'proves' | 'takesS'> {
  return {
    name: tuningName,
    why: 'Each row of the documented tuning advice: its symptom is made, its lever pulled, and what that did is judged.',
    proves: 'Performance Tuning Checklist and Scaling Guidelines of the documentation, row by row.',
    takesS: timeLeftS(planRuns(tuningRows), 0, 0),
  };
}

/** `names`: all that was asked for. */
export async function tuningCommand(
  names: readonly string[],
  { row, placebo, json }: TuningFlags & { readonly json: boolean },
  options: RunOptions,
): Promise<number> {
  if (names.length > 1) throw new HarnessError('usage', `${tuningName} is many runs, and is asked for by itself.`);
  const rows = row.length === 0 ? tuningRows : row.map(findRow);
  const { result, folder } = await runTuning(rows, { ...options, isPlacebo: placebo });
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : renderTuningText(result));
  process.stderr.write(`Reports: ${folder}/report.html, report.md, result.json\n`);
  return exitCodeOf(result);
}
