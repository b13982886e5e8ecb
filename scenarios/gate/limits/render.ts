/** The absolute gate's verdict, on a terminal and as a comment. */
import { checkState, code, escapeText, formatActual, formatLimit, formatTime, layoutColumns, table } from '#reports';
import type { LimitsResult } from './judge-limits.ts';

const WIDTH = 120;

const VERDICT_WORDS: Readonly<Record<LimitsResult['verdict'], string>> = {
  pass: '✅ Within its limits',
  fail: '❌ A limit is broken',
  invalid: '⚠️ It proves nothing',
};

const MARKS = { ok: '✓', failed: '✗', unknown: '?' } as const;

export function renderLimitsText(result: LimitsResult): string {
  const rows = result.checks.map((check) => [
    `  ${MARKS[checkState(check)]} ${check.name}`,
    formatActual(check),
    `required ${formatLimit(check)}`,
    check.note ?? '',
  ]);
  return [...layoutColumns(rows, WIDTH).flat(), '', headline(result), ''].join('\n');
}

export function renderLimitsMarkdown(result: LimitsResult): string {
  const { scenario, startedAt, commit, checks } = result;
  const rows = checks.map((check) => [
    MARKS[checkState(check)],
    check.name,
    formatActual(check),
    formatLimit(check),
    check.note ?? '',
  ]);
  return [
    `## ${escapeText(headline(result))}`,
    table(['', 'limit', 'measured', 'required', ''], rows),
    `<sub>${escapeText(scenario)} · ${formatTime(startedAt)} · ${code(commit ?? 'unknown commit')}</sub>`,
    '',
  ].join('\n\n');
}

function headline({ verdict, reasons }: LimitsResult): string {
  return reasons.length === 0 ? VERDICT_WORDS[verdict] : `${VERDICT_WORDS[verdict]}: ${reasons.join(' ')}`;
}
