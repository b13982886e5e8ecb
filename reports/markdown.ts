/** The report as a pull-request comment: the verdict in the first line, what failed next, the rest folded away. */
import {
  checkState,
  describeMet,
  describeNote,
  describeSettings,
  formatActual,
  formatAmount,
  formatBytes,
  formatLimit,
  formatMs,
  formatNumber,
  formatShare,
} from './format.ts';
import type { CheckState } from './format.ts';
import { summaryLine, VERDICT_WORDS } from './headline.ts';
import { code, escapeText, folded, table } from './markdown-text.ts';
import type { Problem, Result, Verdict } from './model.ts';
import { WATERFALL_PARTS } from './model-latency.ts';
import {
  describeComparability,
  describeLoad,
  describeRun,
  eventTime,
  faultsOf,
  isLedgerCalm,
  LEDGER_NOTE,
  ledgerTitle,
  nextStep,
} from './story.ts';
import {
  explainMissingPercentiles,
  GLOSSARY,
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
const FAULTS_MAX = 20;

const VERDICT_MARKS: Readonly<Record<Verdict, string>> = { pass: '✅', fail: '❌', invalid: '⚠️' };
const CHECK_MARKS: Readonly<Record<CheckState, string>> = { ok: '✅', failed: '❌', unknown: '⚠️ not measured' };

export function renderMarkdown(result: Result): string {
  return [
    `## ${VERDICT_MARKS[result.verdict]} ${VERDICT_WORDS[result.verdict]}: ${escapeText(result.scenario)}`,
    `**${summaryLine(result)}**`,
    ...story(result),
    ...reasons(result),
    ...problems(result),
    ...settings(result),
    folded(
      `Checks (${result.checks.filter((check) => check.ok).length} of ${result.checks.length} passed)`,
      checkTable(result),
    ),
    folded('Documented beside measured', documentedTable(result)),
    folded('Requests', table(['', 'count', 'per raw GB'], requestRows(result.requests))),
    folded('Latency and where it goes', `${latencyTable(result)}\n\n${waterfallTable(result)}`),
    ...instances(result),
    folded('Endpoints', endpointTable(result)),
    folded(
      'What each figure means',
      table(
        ['term', 'meaning'],
        GLOSSARY.map(({ name, meaning }) => [name, meaning]),
      ),
    ),
    `Replay: ${code(result.replay)}`,
    `<sub>${escapeText(describeRun(result).join(' · '))}</sub>`,
    '',
  ].join('\n\n');
}

/** What was tried, and what happened on the way: seconds count from the start of the schedule. */
function story(result: Result): string[] {
  const { purpose, proves, load } = result;
  const faults = faultsOf(result).map((event) => `${escapeText(event.label)}: ${eventTime(event)}`);
  return [
    [purpose, ...(proves === null ? [] : [`Evidence for: ${proves}`])].map(escapeText).join('\n'),
    `${capitalised(escapeText(describeLoad(load)))}. ${faults.length === 0 ? 'No faults.' : `Faults:\n\n${list(faults, FAULTS_MAX)}`}`,
  ];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function settings(result: Result): string[] {
  const changed = describeSettings(result.settings);
  return changed === null ? [] : [escapeText(changed)];
}

function reasons(result: Result): string[] {
  const { verdictReasons } = result;
  const next = nextStep(result);
  if (verdictReasons.length === 0) return [];
  return [list(verdictReasons.map(escapeText), REASONS_MAX), ...(next === null ? [] : [next])];
}

/** Folded away where nothing of it is a fault. */
function problems(result: Result): string[] {
  const { delivery } = result;
  if (delivery.problems.length === 0) return [];
  const items = delivery.problems.map((problem) => describeProblem(problem));
  const body = `${list(items, PROBLEMS_MAX, delivery.problemsOmitted)}\n\n${LEDGER_NOTE}`;
  return [isLedgerCalm(result) ? folded(ledgerTitle(result), body) : `${ledgerTitle(result)}:\n\n${body}`];
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

function documentedTable(result: Result): string {
  const { documented, documentedNotes } = result;
  const rows = documented.map((row) => [
    row.metric,
    row.documented,
    formatAmount(row.measured, row.unit),
    row.met === null ? describeMet(row) : `${row.met ? '✅' : '❌'} ${describeMet(row)}`,
    describeNote(row),
  ]);
  const notes = documentedNotes.map((note) => `- ${escapeText(note)}`).join('\n');
  return `${escapeText(describeComparability(result))}\n\n${table(['metric', 'documented', 'measured', '', 'note (±: still counts as met)'], rows)}\n\nContradictions and gaps of the documentation:\n\n${notes}`;
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

/** Who did what, where several share the work. */
function instances({ instances: all }: Result): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ name, files, cpuS, rssMaxMB }) => [
    name,
    formatNumber(files),
    formatAmount(cpuS, 's'),
    formatAmount(rssMaxMB, 'MB'),
  ]);
  return [folded('Instances', table(['instance', 'files completed', 'CPU time', 'memory, highest'], rows))];
}

function endpointTable({ agents }: Result): string {
  const rows = agents.map(({ endpoint, shareOfBytes, rawBytes, posts, lines }, index) => [
    `${index + 1} ${endpoint}`,
    formatShare(shareOfBytes),
    formatBytes(rawBytes),
    formatNumber(posts),
    formatNumber(lines),
  ]);
  return table(['endpoint', 'share of bytes', 'bytes, raw', 'batches', 'lines'], rows);
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
