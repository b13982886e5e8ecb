/** What became of several scenarios: a table for the terminal, and files that grow with each of them, so that an end by force leaves what was there. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { code, escapeText, formatTime, table, type Verdict } from '#reports';

export interface ScenarioVerdict {
  readonly scenario: string;
  /** What it is to show, in one sentence. */
  readonly why: string;
  readonly verdict: Verdict;
  /** Empty for a pass. */
  readonly reasons: readonly string[];
  readonly durationS: number;
  /** Folder with its reports; null where the run ended before there was one. */
  readonly folder: string | null;
  readonly replay: string;
}

export interface Summary {
  readonly startedAt: string;
  /** Program, machine and seed, by the first report; null while there is none. */
  readonly ranOn: string | null;
  /** In the order in which they ran. */
  readonly verdicts: readonly ScenarioVerdict[];
  /** Names of those that have not run yet; in the end none. */
  readonly pending: readonly string[];
}

/** A failure outweighs a run that proves nothing: what is lost is lost. */
export function worstOf(verdicts: readonly ScenarioVerdict[]): Verdict {
  if (verdicts.some(({ verdict }) => verdict === 'fail')) return 'fail';
  const isAllPassed = verdicts.length > 0 && verdicts.every(({ verdict }) => verdict === 'pass');
  return isAllPassed ? 'pass' : 'invalid';
}

const marks: Readonly<Record<Verdict, string>> = { pass: '✓ pass', fail: '✗ FAIL', invalid: '? VOID' };

export function renderVerdicts(verdicts: readonly ScenarioVerdict[]): string {
  const nameWidth = Math.max(8, ...verdicts.map(({ scenario }) => scenario.length));
  const lines = verdicts.flatMap(({ scenario, verdict, reasons, durationS, folder, replay }) => [
    `${marks[verdict]}  ${scenario.padEnd(nameWidth)} ${durationS.toFixed(0).padStart(5)} s  ${folder ?? ''}`.trimEnd(),
    ...(verdict === 'pass' ? [] : [...reasons.map((reason) => `          ${reason}`), `          replay: ${replay}`]),
  ]);
  return `${[...lines, '', ...conclusion(verdicts)].join('\n')}\n`;
}

/** How many of each kind, and what that means. */
function conclusion(verdicts: readonly ScenarioVerdict[]): readonly string[] {
  const count = (wanted: Verdict): number => verdicts.filter(({ verdict }) => verdict === wanted).length;
  const durationS = verdicts.reduce((sum, one) => sum + one.durationS, 0);
  return [
    `${count('pass')} passed, ${count('fail')} failed, ${count('invalid')} void, in ${formatMinutes(durationS)}`,
    ...(count('invalid') === 0
      ? []
      : ['Void: the run proves nothing, for the reason given. It says nothing of the streamer; run it again.']),
  ];
}

export function formatMinutes(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export class SummaryFolder {
  readonly path: string;

  constructor(out: string, name: string) {
    this.path = join(resolve(out), name);
    mkdirSync(this.path, { recursive: true });
  }

  write(summary: Summary): void {
    const verdict = summary.pending.length > 0 ? null : worstOf(summary.verdicts);
    this.#replace('summary.json', `${JSON.stringify({ ...summary, verdict }, null, 2)}\n`);
    this.#replace('summary.md', renderMarkdown(summary, this.path));
  }

  #replace(name: string, content: string): void {
    const path = join(this.path, name);
    writeFileSync(`${path}.new`, content);
    renameSync(`${path}.new`, path);
  }
}

function renderMarkdown({ startedAt, ranOn, verdicts, pending }: Summary, folder: string): string {
  const rows = verdicts.map((one) => [
    marks[one.verdict],
    one.scenario,
    one.why,
    formatMinutes(one.durationS),
    one.reasons.join(' '),
  ]);
  const links = verdicts.flatMap(({ scenario, folder: reports }) =>
    reports === null ? [] : [`- [${scenario}](${encodeURI(relative(folder, resolve(reports)))}/report.html)`],
  );
  const replays = verdicts.filter(({ verdict }) => verdict !== 'pass').map(({ replay }) => `- ${code(replay)}`);
  return [
    `# Scenarios, ${formatTime(startedAt)}`,
    conclusion(verdicts).join('\n'),
    ...(ranOn === null ? [] : [escapeText(ranOn)]),
    table(['verdict', 'scenario', 'what it shows', 'took', 'why not passed'], rows),
    ...(pending.length === 0 ? [] : [`Not run yet: ${pending.join(', ')}.`]),
    ...(replays.length === 0 ? [] : [`Again:\n\n${replays.join('\n')}`]),
    ...(links.length === 0 ? [] : [`Reports:\n\n${links.join('\n')}`]),
    '',
  ].join('\n\n');
}
