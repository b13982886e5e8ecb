/** Two runs side by side as text (for a terminal) and as Markdown (for a comment). */
import type { Comparison } from './comparison.ts';
import { DASH, formatAmount, formatChange, formatTime } from './format.ts';
import { code, escapeText, table } from './markdown-text.ts';
import { layoutColumns, wrapText } from './text.ts';

const WIDTH = 120;

const SENTENCES: Readonly<Record<Comparison['verdict'], string>> = {
  compared: 'Like surroundings. One pair of runs proves no change in speed: npm run gate does.',
  worse: 'B is worse',
  incomparable: 'The figures do not say anything about the code',
};

const MARKS: Readonly<Record<Comparison['verdict'], string>> = { compared: 'ℹ️', worse: '❌', incomparable: '⚠️' };

export function renderComparison(comparison: Comparison): string {
  const { a, b, differences } = comparison;
  return [
    ...[a, b].map((run, at) => `${at === 0 ? 'A' : 'B'}  ${run.name}: ${describeRun(run)}`),
    '',
    differences.length === 0 ? 'Nothing differs in environment, load and settings.' : 'What differs',
    ...layoutColumns(differenceRows(comparison), WIDTH)
      .flat()
      .map((line) => `  ${line}`),
    '',
    ...layoutColumns([['', 'A', 'B', 'change', ''], ...figureRows(comparison)], WIDTH).flat(),
    '',
    ...wrapText(describeVerdict(comparison), WIDTH),
    '',
  ].join('\n');
}

export function renderComparisonMarkdown(comparison: Comparison): string {
  const { a, b, differences, verdict } = comparison;
  return [
    `## ${MARKS[verdict]} ${escapeText(describeVerdict(comparison))}`,
    [a, b].map((run, at) => `- ${at === 0 ? 'A' : 'B'}: ${code(run.name)}, ${escapeText(describeRun(run))}`).join('\n'),
    differences.length === 0
      ? 'Nothing differs in environment, load and settings.'
      : table(['differs', 'A', 'B', ''], differenceRows(comparison)),
    table(['', 'A', 'B', 'change', ''], figureRows(comparison)),
    '',
  ].join('\n\n');
}

function describeRun({ scenario, verdict, startedAt }: Comparison['a']): string {
  return `${scenario}, ${verdict}, ${formatTime(startedAt)}`;
}

function differenceRows({ differences }: Comparison): string[][] {
  return differences.map(({ what, a, b, kind }) => [what, a, b, kind === 'surroundings' ? 'makes figures unlike' : '']);
}

function figureRows({ figures }: Comparison): string[][] {
  return figures.map(({ name, unit, a, b, changePercent, direction }) => [
    name,
    formatAmount(a, unit),
    formatAmount(b, unit),
    changePercent === null ? DASH : formatChange(changePercent),
    direction === 'better' || direction === 'worse' ? direction : '',
  ]);
}

function describeVerdict({ verdict, reasons }: Comparison): string {
  return reasons.length === 0 ? SENTENCES[verdict] : `${SENTENCES[verdict]}: ${reasons.join('; ')}.`;
}
