/** Reads a TIME as people type it on a command line: ISO 8601 (UTC unless it names a zone), epoch seconds, or relative to now. */
import { parseDurationMs } from '../config/units.ts';
import { compileTimeLayout, parseTime } from '../core/time-layout.ts';

const DATE = '2006-01-02';
const CLOCKS = ['15:04:05', '15:04'];
const ZONES = ['', 'Z07:00', 'Z0700', 'Z07', ' Z07:00', ' UTC'];
const LAYOUTS = [
  DATE,
  ...CLOCKS.flatMap((clock) => ['T', ' '].flatMap((join) => ZONES.map((zone) => DATE + join + clock + zone))),
].map(compileTimeLayout);

/** Nine digits are 1973 and later: fewer are a slip, such as a lone year. Thirteen are milliseconds, as many tools print them. */
const EPOCH_SECONDS = /^\d{9,11}(?:\.\d+)?$/;
const EPOCH_MILLISECONDS = /^\d{13}$/;

/** Epoch ms; null when the text is no time. */
export function parseMoment(text: string, nowMs: number): number | null {
  const trimmed = text.trim();
  if (trimmed === 'now') return nowMs;
  const relative = /^(?:-\s*(?<minus>\S+)|(?<ago>\S+)\s+ago)$/.exec(trimmed)?.groups;
  if (relative !== undefined) {
    const durationMs = parseDurationMs(relative['minus'] ?? relative['ago'] ?? '');
    return durationMs === null ? null : nowMs - durationMs;
  }
  if (EPOCH_SECONDS.test(trimmed)) return Number(trimmed) * 1000;
  if (EPOCH_MILLISECONDS.test(trimmed)) return Number(trimmed);
  for (const layout of LAYOUTS) {
    const momentMs = parseTime(layout, trimmed);
    if (momentMs !== null) return momentMs;
  }
  return null;
}

/** As the commands print a time: to the second, UTC. */
export function formatMoment(ms: number): string {
  if (!Number.isFinite(ms)) return '-';
  const clamped = Math.min(Math.max(ms, -8.64e15), 8.64e15);
  return new Date(clamped).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
