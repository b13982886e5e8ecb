/** A capacity report for the terminal, and as Markdown. */
import { layoutColumns, wrapText } from '../text.ts';
import { TABLE_WIDTH } from '../table.ts';
import type { ReportDocument, ReportTable } from './document.ts';

export function renderDocumentText(document: ReportDocument): string {
  return [
    ...wrapText(document.answer, TABLE_WIDTH),
    ...document.warnings.flatMap((warning) => wrapText(`! ${warning}`, TABLE_WIDTH)),
    ...document.tables.filter(hasRows).flatMap((table) => ['', table.title, ...tableLines(table)]),
    ...document.listings.flatMap(({ title, text }) => ['', title, ...text.split('\n').map((line) => `  ${line}`)]),
    '',
    `Replay: ${document.replay}`,
    '',
  ].join('\n');
}

export function renderDocumentMarkdown(document: ReportDocument): string {
  return [
    `# ${document.title}`,
    '',
    document.answer,
    ...document.warnings.flatMap((warning) => ['', `> ${warning}`]),
    ...document.tables.filter(hasRows).flatMap((table) => ['', `## ${table.title}`, '', ...markdownTable(table)]),
    ...document.listings.flatMap(({ title, text }) => ['', `## ${title}`, '', '```yaml', text, '```']),
    '',
    `Replay: \`${document.replay}\``,
    '',
  ].join('\n');
}

function hasRows({ rows }: ReportTable): boolean {
  return rows.length > 0;
}

function tableLines({ columns, rows }: ReportTable): string[] {
  const head = columns.every((column) => column === '') ? [] : [columns];
  return layoutColumns([...head, ...rows], TABLE_WIDTH - 2).flatMap((lines) => lines.map((line) => `  ${line}`));
}

function markdownTable({ columns, rows }: ReportTable): string[] {
  const cells = (row: readonly string[]): string =>
    `| ${row.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [cells(columns), cells(columns.map(() => '---')), ...rows.map(cells)];
}
