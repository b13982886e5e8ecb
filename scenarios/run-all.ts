/** All scenarios, one after the other; at the end a table, and the exit code of the worst. */
import type { Verdict } from '#reports';
import { HarnessError } from '#simulator';
import { runScenario } from './run/run.ts';
import type { RunOptions } from './run/context.ts';
import type { Scenario } from './scenario.ts';

export interface ScenarioVerdict {
  readonly scenario: string;
  readonly verdict: Verdict;
  /** Empty for a pass. */
  readonly reasons: readonly string[];
  readonly durationS: number;
  /** Folder with its reports; null where the harness broke before there was one. */
  readonly folder: string | null;
  readonly replay: string;
}

export type AllOptions = Omit<RunOptions, 'replay'> & {
  /** The command that runs one of them again. */
  readonly replayOf: (scenario: string) => string;
};

export async function runAll(scenarios: readonly Scenario[], options: AllOptions): Promise<readonly ScenarioVerdict[]> {
  const verdicts: ScenarioVerdict[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    options.signal.throwIfAborted();
    options.progress.note(`${index + 1} of ${scenarios.length}: ${scenario.name}`);
    const verdict = await runOne(scenario, options);
    options.progress.note(`${scenario.name}: ${verdict.verdict.toUpperCase()}`);
    verdicts.push(verdict);
  }
  return verdicts;
}

async function runOne(scenario: Scenario, { replayOf, ...options }: AllOptions): Promise<ScenarioVerdict> {
  const startedMs = Date.now();
  const replay = replayOf(scenario.name);
  const about = { scenario: scenario.name, replay };
  try {
    const { result, folder } = await runScenario(scenario, { ...options, replay });
    const { verdict, verdictReasons: reasons, durationS } = result;
    return { ...about, verdict, reasons, durationS, folder };
  } catch (error) {
    // A run that broke proves nothing; those after it may.
    if (!(error instanceof HarnessError) || options.signal.aborted) throw error;
    const durationS = (Date.now() - startedMs) / 1000;
    return { ...about, verdict: 'invalid', reasons: error.message.split('\n'), durationS, folder: null };
  }
}

/** A failure outweighs a run that proves nothing: what is lost is lost. */
export function worstOf(verdicts: readonly ScenarioVerdict[]): Verdict {
  if (verdicts.some(({ verdict }) => verdict === 'fail')) return 'fail';
  const isAllPassed = verdicts.length > 0 && verdicts.every(({ verdict }) => verdict === 'pass');
  return isAllPassed ? 'pass' : 'invalid';
}

const marks: Readonly<Record<Verdict, string>> = { pass: '✓ pass', fail: '✗ FAIL', invalid: '? INVALID' };

export function renderVerdicts(verdicts: readonly ScenarioVerdict[]): string {
  const nameWidth = Math.max(8, ...verdicts.map(({ scenario }) => scenario.length));
  const lines = verdicts.flatMap(({ scenario, verdict, reasons, durationS, folder, replay }) => [
    `${marks[verdict].padEnd(10)} ${scenario.padEnd(nameWidth)} ${durationS.toFixed(0).padStart(5)} s  ${folder ?? ''}`.trimEnd(),
    ...(verdict === 'pass'
      ? []
      : [...reasons.map((reason) => `             ${reason}`), `             replay: ${replay}`]),
  ]);
  const count = (wanted: Verdict): number => verdicts.filter(({ verdict }) => verdict === wanted).length;
  return `${lines.join('\n')}\n${count('pass')} passed, ${count('fail')} failed, ${count('invalid')} prove nothing\n`;
}
