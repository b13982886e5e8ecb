/** Several scenarios, one after the other; what became of each is written down as soon as it is known. */
import { describeGround, type Result } from '#reports';
import { HarnessError, messageOf } from '#simulator';
import { describeUnforeseen } from './command-line.ts';
import type { RunOptions } from './run/context.ts';
import { runName } from './run/run-folder.ts';
import { runScenario } from './run/run.ts';
import type { Scenario } from './scenario.ts';
import { formatMinutes, type ScenarioVerdict, SummaryFolder } from './summary.ts';

export type AllOptions = Omit<RunOptions, 'replay'> & {
  /** The command that runs one of them again. */
  readonly replayOf: (scenario: string) => string;
};

export interface AllOutcome {
  readonly verdicts: readonly ScenarioVerdict[];
  /** With summary.md and summary.json. */
  readonly folder: string;
}

export async function runAll(scenarios: readonly Scenario[], options: AllOptions): Promise<AllOutcome> {
  const { progress, signal, seed, out } = options;
  const startedAt = new Date();
  const folder = new SummaryFolder(out, runName('all', seed, startedAt));
  const verdicts: ScenarioVerdict[] = [];
  let ranOn: string | null = null;
  for (const [index, scenario] of scenarios.entries()) {
    signal.throwIfAborted();
    const leftS = scenarios.slice(index).reduce((sum, { takesS }) => sum + takesS, 0);
    progress.note(
      `${index + 1} of ${scenarios.length}: ${scenario.name}, about ${scenario.takesS} s; all that is left, at least ${formatMinutes(leftS)}`,
    );
    const { result, ...verdict } = await runOne(scenario, options);
    if (result !== null) ranOn ??= describeGround(result).join(' · ');
    progress.note(`${scenario.name}: ${verdict.verdict.toUpperCase()}`);
    verdicts.push(verdict);
    const pending = scenarios.slice(index + 1).map(({ name }) => name);
    folder.write({ startedAt: startedAt.toISOString(), ranOn, verdicts, pending });
  }
  return { verdicts, folder: folder.path };
}

async function runOne(
  scenario: Scenario,
  { replayOf, ...options }: AllOptions,
): Promise<ScenarioVerdict & { readonly result: Result | null }> {
  const startedMs = Date.now();
  const replay = replayOf(scenario.name);
  const about = { scenario: scenario.name, why: scenario.why, replay };
  try {
    const { result, folder } = await runScenario(scenario, { ...options, replay });
    const { verdict, verdictReasons: reasons, durationS } = result;
    return { ...about, verdict, reasons, durationS, folder, result };
  } catch (error) {
    if (options.signal.aborted) throw error;
    // A streamer that does not do its work has failed. A run that broke proves nothing; those after it may.
    const verdict = error instanceof HarnessError && error.fault === 'streamer' ? 'fail' : 'invalid';
    if (!(error instanceof HarnessError)) options.progress.note(describeUnforeseen(error));
    const durationS = (Date.now() - startedMs) / 1000;
    return { ...about, verdict, reasons: messageOf(error).split('\n'), durationS, folder: null, result: null };
  }
}
