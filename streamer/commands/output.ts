/** How the commands talk: results on stdout, progress on stderr, numbers in words that people read. */

/** A result, as text. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A result, for machines: one line. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

const COLUMN_GAP = '  ';

/** Left-aligned columns; the last one is not padded. */
export function formatColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows
    .map((row) => row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))))
    .map((cells) => cells.join(COLUMN_GAP).trimEnd())
    .join('\n');
}

/** `1 object`, `2,000 objects`. */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function formatNumber(value: number): string {
  return value.toLocaleString('en-US');
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Powers of ten, as in every report: `650 kB`, `2.88 TB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ${BYTE_UNITS[unit]}`;
}

/** `250 ms`, `41 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

const PROGRESS_INTERVAL_MS = { terminal: 200, file: 10_000 } as const;

/** One line on stderr that is written over where stderr is a terminal, and repeated now and then where it is not. */
export class Progress {
  #toldMs = Date.now();
  #isShown = false;

  tell(text: string): void {
    const { isTTY } = process.stderr;
    const nowMs = Date.now();
    if (nowMs - this.#toldMs < (isTTY ? PROGRESS_INTERVAL_MS.terminal : PROGRESS_INTERVAL_MS.file)) return;
    this.#toldMs = nowMs;
    this.#isShown = isTTY;
    process.stderr.write(isTTY ? `\r\u001B[K${text}` : `${text}\n`);
  }

  /** Takes the line away, so that results stand alone. */
  end(): void {
    if (this.#isShown) process.stderr.write('\r\u001B[K');
    this.#isShown = false;
  }
}
