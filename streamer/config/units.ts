/** Reads durations, byte sizes and addresses as users write them. A reader gives back null for a text that is none. */
import type { HostAndPort } from './config.ts';

const NANOSECOND_MS = 1e-6;
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: NANOSECOND_MS,
  us: 1e-3,
  µs: 1e-3, // U+00B5, micro sign
  μs: 1e-3, // U+03BC, Greek letter mu
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const DURATION = /^(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d)/;

/** A Go duration (`15s`, `1m30s`, `1.5h`, `500ms`, `0`) in milliseconds, whole ones from 1 ms on, which is what timers take; days (`7d`) are ours. */
export function parseDurationMs(text: string): number | null {
  if (text === '0') return 0;
  if (text === '') return null;
  let rest = text;
  let totalMs = 0;
  while (rest !== '') {
    const part = DURATION.exec(rest)?.[0];
    if (part === undefined) return null;
    const unit = part.replace(/^[\d.]+/, '');
    totalMs += Number.parseFloat(part) * (UNIT_MS[unit] ?? Number.NaN);
    rest = rest.slice(part.length);
  }
  // 16.1s is 16100.000000000002 ms.
  return totalMs < 1 ? totalMs : Math.round(totalMs);
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** `256MiB`, `64 MB`, `1048576`; letter case does not matter. A bare `M` or `k` is refused: it means 10^6 to some and 2^20 to others. */
export function parseBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?) *([a-z]*)$/i.exec(text);
  if (match === null) return null;
  const unitBytes = UNIT_BYTES[(match[2] ?? '').toLowerCase()];
  if (unitBytes === undefined) return null;
  const bytes = Number(match[1]) * unitBytes;
  return Number.isInteger(bytes) && Number.isSafeInteger(bytes) ? bytes : null;
}

/** `localhost:4317`, `[::1]:8080`, `:8080` (an empty host). */
export function parseHostAndPort(text: string): HostAndPort | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/@[\]]*)):(\d{1,5})$/i.exec(text);
  if (match === null) return null;
  const port = Number(match[3]);
  return port > 65_535 ? null : { host: match[1] ?? match[2] ?? '', port };
}
