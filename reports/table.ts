/** The table at the end of a run on stdout: verdict, documented beside measured, checks, replay. At most 120 columns. */
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
  formatSeconds,
} from './format.ts';
import type { CheckState } from './format.ts';
import type { DocumentedRow, Result } from './model.ts';
import { layoutColumns, wrapText } from './text.ts';
import { explainMissingPercentiles, LATENCY_COLUMNS, LATENCY_LABELS, LATENCY_ORDER, LATENCY_WORDS } from './words.ts';

export const TABLE_WIDTH = 120;

const CHECK_MARKS: Readonly<Record<CheckState, string>> = { ok: '✓', failed: '✗', unknown: '?' };

export function renderTable(result: Result): string {
  return [
    ...headerLines(result),
    '',
    ...documentedLines(result),
    '',
    ...latencyLines(result),
    '',
    ...checkLines(result),
    '',
    'Documented numbers: contradictions and gaps',
    ...result.documentedNotes.flatMap(listItem),
    '',
    `Replay: ${result.replay}`,
    `Verdict: ${result.verdict.toUpperCase()}`,
    ...result.verdictReasons.flatMap(listItem),
    '',
  ].join('\n');
}

function headerLines(result: Result): string[] {
  const { load, environment, throughput } = result;
  const s3 = [environment.s3.kind, environment.s3.version].filter((part) => part !== null).join(' ');
  const what = [
    `${result.scenario}, ${load.rate} ${load.schedule}, ${formatSeconds(throughput.windowS)}`,
    `${formatAmount(load.files, 'files')}, ${formatBytes(load.rawBytes)} raw, ${formatAmount(load.lines, 'lines')}`,
    `S3 ${s3}`,
    `seed ${result.seed}`,
  ];
  const settings = describeSettings(result.settings);
  return [result.purpose, what.join(' · '), ...(settings === null ? [] : [settings])].flatMap((text) =>
    wrapText(text, TABLE_WIDTH),
  );
}

function documentedLines({ documented }: Result): string[] {
  const head = ['', 'documented', 'measured', 'result', 'note (±: still counts as met)'];
  const [headLines = [], ...rows] = layoutColumns([head, ...documented.map(documentedCells)], TABLE_WIDTH);
  const lines = [...headLines];
  for (const [index, row] of documented.entries()) {
    if (row.section !== documented[index - 1]?.section) lines.push(row.section);
    lines.push(...(rows[index] ?? []));
  }
  return lines;
}

function documentedCells(row: DocumentedRow): string[] {
  return [`  ${row.metric}`, row.documented, formatAmount(row.measured, row.unit), describeMet(row), describeNote(row)];
}

function latencyLines({ latencyMs }: Result): string[] {
  const head = ['Latency', ...LATENCY_COLUMNS.map((column) => LATENCY_LABELS[column]), 'files', 'from, to'];
  const rows = LATENCY_ORDER.map((key) => {
    const figures = LATENCY_COLUMNS.map((column) => formatMs(latencyMs[key][column]));
    return [`  ${LATENCY_WORDS[key].name}`].concat(figures, formatNumber(latencyMs[key].n), LATENCY_WORDS[key].meaning);
  });
  const missing = explainMissingPercentiles(LATENCY_ORDER.map((key) => latencyMs[key]));
  return [...layoutColumns([head, ...rows], TABLE_WIDTH).flat(), ...(missing === null ? [] : [`  ${missing}`])];
}

function checkLines({ checks }: Result): string[] {
  const cells = checks.map((check) => [
    `  ${CHECK_MARKS[checkState(check)]} ${check.name}`,
    formatActual(check),
    `required ${formatLimit(check)}`,
  ]);
  const rows = layoutColumns(cells, TABLE_WIDTH);
  return ['Checks', ...checks.flatMap(({ note }, index) => [...(rows[index] ?? []), ...checkNote(note)])];
}

/** Under its check: names and figures leave no room beside them. */
function checkNote(note: string | null): string[] {
  return note === null ? [] : wrapText(note, TABLE_WIDTH - 6).map((line) => `      ${line}`);
}

/** A list item that wraps under itself. */
function listItem(text: string): string[] {
  return wrapText(text, TABLE_WIDTH - 4).map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`);
}
