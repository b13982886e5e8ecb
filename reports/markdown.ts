/** The report as a pull-request comment: the verdict in the first line, what failed next, the rest folded away. */
import {
  checkState,
  describeMet,
  describeNote,
  describeSettings,
  formatActual,
  formatAmount,
  formatLimit,
  formatMs,
  formatNumber,
} from './format.ts';
import type { CheckState } from './format.ts';
import { summaryLine, VERDICT_WORDS } from './headline.ts';
import { code, escapeText, folded, table } from './markdown-text.ts';
import type { Problem, Result, Verdict } from './model.ts';
import { WATERFALL_PARTS } from './model-latency.ts';
import {
  explainMissingPercentiles,
  LATENCY_COLUMNS,
  LATENCY_LABELS,
  LATENCY_ORDER,
  LATENCY_WORDS,
  requestRows,
  WATERFALL_WORDS,
} from './words.ts';

/** GitHub refuses a comment above 65,536 characters. */
export const COMMENT_CHARS_MAX = 65_536;
const PROBLEMS_MAX = 20;
const REASONS_MAX = 20;

const VERDICT_MARKS: Readonly<Record<Verdict, string>> = { pass: '✅', fail: '❌', invalid: '⚠️' };
const CHECK_MARKS: Readonly<Record<CheckState, string>> = { ok: '✅', failed: '❌', unknown: '⚠️ not measured' };

export function renderMarkdown(result: Result): string {
  return [
    `## ${VERDICT_MARKS[result.verdict]} ${VERDICT_WORDS[result.verdict]}: ${escapeText(result.scenario)}`,
    `**${summaryLine(result)}**`,
    ...reasons(result),
    ...problems(result),
    ...settings(result),
    folded('Documented beside measured', documentedTable(result)),
    folded(
      `Checks (${result.checks.filter((check) => check.ok).length} of ${result.checks.length} passed)`,
      checkTable(result),
    ),
    folded('Requests', table(['', 'count', 'per raw GB'], requestRows(result.requests))),
    folded('Latency and where it goes', `${latencyTable(result)}\n\n${waterfallTable(result)}`),
    `Replay: ${code(result.replay)}`,
    `<sub>${environmentLine(result)}</sub>`,
    '',
  ].join('\n\n');
}

function settings(result: Result): string[] {
  const changed = describeSettings(result.settings);
  return changed === null ? [] : [escapeText(changed)];
}

function reasons({ verdictReasons }: Result): string[] {
  if (verdictReasons.length === 0) return [];
  return [list(verdictReasons.map(escapeText), REASONS_MAX)];
}

function problems({ delivery }: Result): string[] {
  if (delivery.problems.length === 0) return [];
  const items = delivery.problems.map((problem) => describeProblem(problem));
  return [`What the ledger found:\n\n${list(items, PROBLEMS_MAX, delivery.problemsOmitted)}`];
}

function describeProblem({ kind, key, firstLine, lastLine, note }: Problem): string {
  const lines =
    firstLine === null || lastLine === null ? '' : `, lines ${formatNumber(firstLine)} to ${formatNumber(lastLine)}`;
  return `${kind}: ${key === null ? 'no known file' : code(key)}${lines}${note === null ? '' : ` (${escapeText(note)})`}`;
}

function list(items: readonly string[], itemsMax: number, omittedBefore = 0): string {
  const omitted = Math.max(0, items.length - itemsMax) + omittedBefore;
  const more = omitted === 0 ? [] : [`and ${formatNumber(omitted)} more, see result.json`];
  return [...items.slice(0, itemsMax), ...more].map((item) => `- ${item}`).join('\n');
}

function documentedTable({ documented, documentedNotes }: Result): string {
  const rows = documented.map((row) => [
    row.metric,
    row.documented,
    formatAmount(row.measured, row.unit),
    row.met === null ? describeMet(row) : `${row.met ? '✅' : '❌'} ${describeMet(row)}`,
    describeNote(row),
  ]);
  const notes = documentedNotes.map((note) => `- ${escapeText(note)}`).join('\n');
  return `${table(['metric', 'documented', 'measured', '', 'note'], rows)}\n\nContradictions and gaps of the documentation:\n\n${notes}`;
}

function checkTable({ checks }: Result): string {
  const rows = checks.map((check) => [
    CHECK_MARKS[checkState(check)],
    check.name,
    formatActual(check),
    formatLimit(check),
    check.note ?? '',
  ]);
  return table(['', 'check', 'measured', 'required', 'note'], rows);
}

function latencyTable({ latencyMs }: Result): string {
  const rows = LATENCY_ORDER.map((key) => {
    const figures = LATENCY_COLUMNS.map((column) => formatMs(latencyMs[key][column]));
    return [LATENCY_WORDS[key].name].concat(figures, formatNumber(latencyMs[key].n), LATENCY_WORDS[key].meaning);
  });
  const missing = explainMissingPercentiles(LATENCY_ORDER.map((key) => latencyMs[key]));
  const head = ['', ...LATENCY_COLUMNS.map((column) => LATENCY_LABELS[column]), 'files', 'from, to'];
  return `${table(head, rows)}${missing === null ? '' : `\n\n${missing}`}`;
}

function waterfallTable({ waterfallMs, latencyMs }: Result): string {
  const { avg } = waterfallMs;
  if (avg === null) return 'No file was completed: there is no waterfall.';
  const rows = WATERFALL_PARTS.map((part) => [
    WATERFALL_WORDS[part].name,
    formatMs(avg[part]),
    WATERFALL_WORDS[part].meaning,
  ]);
  return table(['part of file age', 'average', ''], [...rows, ['all: file age', formatMs(latencyMs.fileAge.avg), '']]);
}

function environmentLine({ environment, seed, startedAt, streamer }: Result): string {
  const s3 = [environment.s3.kind, environment.s3.version].filter((part) => part !== null).join(' ');
  const parts = [
    startedAt,
    `streamer ${streamer.version}${environment.git === null ? '' : ` at ${environment.git}`}`,
    `S3 ${s3}`,
    `Redis ${environment.redis.kind}`,
    `Node ${environment.node}`,
    `${environment.cpu}, ${environment.cores} cores, ${formatAmount(environment.memoryMB, 'MB')}`,
    environment.os,
    `seed ${seed}`,
  ];
  return escapeText(parts.join(' · '));
}
