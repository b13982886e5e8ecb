/** How figures are written, the same in every renderer. Missing values are a dash, never 0. */
import type { Check, DocumentedRow, Result } from './model.ts';

export const DASH = '–';
export const DASH_MEANING = '–: not measured.';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const threeDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const sixDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 });

/** Three significant digits below 1000, whole numbers above, with thousands separators. */
export function formatNumber(value: number | null): string {
  if (value === null) return DASH;
  return (Number.isInteger(value) || Math.abs(value) >= 100 ? whole : threeDigits).format(value);
}

/** A number with its unit; `ms` grow into seconds and minutes, `%` stands without a space, a `share` (0 to 1) is written as a percentage. */
export function formatAmount(value: number | string | null, unit: string): string {
  if (value === null) return DASH;
  const text = typeof value === 'string' ? value : formatNumber(value);
  if (unit === '') return text;
  if (unit === 'ms' && typeof value === 'number') return formatMs(value);
  if (unit === 'share') return typeof value === 'number' ? formatShare(value) : text;
  return unit === '%' ? `${text}%` : `${text} ${unit}`;
}

/** Milliseconds up to a second, then seconds, then minutes and hours. */
export function formatMs(ms: number | null): string {
  if (ms === null) return DASH;
  if (ms < 1000) return `${formatNumber(ms)} ms`;
  return formatSeconds(ms / 1000);
}

export function formatSeconds(seconds: number | null): string {
  if (seconds === null) return DASH;
  if (seconds < 120) return `${formatNumber(seconds)} s`;
  if (seconds < 7200) return `${formatNumber(seconds / 60)} min`;
  return seconds < 172_800 ? `${formatNumber(seconds / 3600)} h` : `${formatNumber(seconds / 86_400)} days`;
}

/** Decimal units: KB, MB, GB, TB. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return DASH;
  if (bytes < 1000) return `${formatNumber(bytes)} B`;
  if (bytes < 1e6) return `${formatNumber(bytes / 1e3)} KB`;
  if (bytes < 1e9) return `${formatNumber(bytes / 1e6)} MB`;
  return bytes < 1e12 ? `${formatNumber(bytes / 1e9)} GB` : `${formatNumber(bytes / 1e12)} TB`;
}

/** Three digits, and never `$0` for what is not nothing. */
export function formatUsd(usd: number | null): string {
  return usd === null ? DASH : `$${formatNumber(usd)}`;
}

/** A ratio from 0 to 1 as a percentage. */
export function formatShare(share: number | null): string {
  return share === null ? DASH : `${formatNumber(share * 100)}%`;
}

export function formatChange(percent: number | null): string {
  if (percent === null) return DASH;
  return `${percent > 0 ? '+' : ''}${formatNumber(percent)}%`;
}

/** 2026-11-24 21:41:32 UTC. */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

const OP_SIGNS: Readonly<Record<Check['op'], string>> = { '<': '<', '<=': '≤', '==': '=', '>=': '≥', '>': '>' };

export function opSign(op: Check['op']): string {
  return OP_SIGNS[op];
}

export function formatLimit(check: Check): string {
  return `${opSign(check.op)} ${formatAmount(check.limit, check.unit)}`;
}

/** The measured value, with more digits where rounding would make a failed check look like a passed one. */
export function formatActual(check: Check): string {
  const text = formatAmount(check.actual, check.unit);
  if (check.ok || check.actual === null || text !== formatAmount(check.limit, check.unit)) return text;
  const exact = check.unit === 'share' ? `${sixDigits.format(check.actual * 100)}%` : sixDigits.format(check.actual);
  return formatAmount(exact, check.unit);
}

/** One sentence on a check that did not pass. */
export function describeCheck(check: Check): string {
  if (check.actual === null || check.limit === null) return `${check.name}: ${check.note ?? 'not measured'}.`;
  const note = check.note === null ? '' : ` (${check.note})`;
  return `${check.name}: ${formatActual(check)}, required ${formatLimit(check)}${note}.`;
}

/** A note, and that the figure is an extrapolation. */
export function describeNote(row: DocumentedRow): string {
  if (row.measured === null) return '';
  return [...(row.extrapolated ? ['extrapolated'] : []), ...(row.note === null ? [] : [row.note])].join(': ');
}

/** What a reader must know before comparing with documented figures; null when the run used the shipped defaults. */
export function describeSettings(settings: Result['settings']): string | null {
  const changed = settings.filter(({ value, shipped }) => value !== shipped);
  if (changed.length === 0) return null;
  const list = changed.map(({ key, value, shipped }) => `${key} ${value} (shipped ${shipped})`).join(', ');
  return `Differs from the shipped defaults: ${list}.`;
}

export type CheckState = 'ok' | 'failed' | 'unknown';

/** Not measured is neither passed nor failed, and renderers say so. */
export function checkState(check: Check): CheckState {
  if (check.actual === null || check.limit === null) return 'unknown';
  return check.ok ? 'ok' : 'failed';
}

/** What a documented comparison came to, in one or two words. */
export function describeMet(row: DocumentedRow): string {
  if (row.measured === null) return 'not measured';
  if (row.met === null) return 'not judged';
  return row.met ? 'met' : 'not met';
}
