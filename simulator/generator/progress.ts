/** Progress on stderr: one line that renews itself in a terminal, a plain line now and then elsewhere. */

export interface ProgressLog {
  /** The latest state; shown when it is time to. */
  update(text: string): void;
  /** Something to be read whatever the progress. */
  say(text: string): void;
  /** Shows the latest state if it was not shown, and leaves the cursor on a fresh line. */
  end(): void;
}

export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const TERMINAL_EVERY_MS = 200;
const PLAIN_EVERY_MS = 5_000;

const ERASE_LINE = '\r\u001B[K';

export function createProgressLog(stream: ProgressStream, now: () => number): ProgressLog {
  const isTerminal = stream.isTTY === true;
  const everyMs = isTerminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS;
  let shownMs = -Infinity;
  let hidden: string | null = null;
  let isLineOpen = false;

  function show(text: string): void {
    stream.write(isTerminal ? `${ERASE_LINE}${text}` : `${text}\n`);
    isLineOpen = isTerminal;
    hidden = null;
    shownMs = now();
  }

  return {
    update(text) {
      hidden = text;
      if (now() - shownMs >= everyMs) show(text);
    },
    say(text) {
      stream.write(isLineOpen ? `${ERASE_LINE}${text}\n` : `${text}\n`);
      isLineOpen = false;
    },
    end() {
      if (hidden !== null) show(hidden);
      if (isLineOpen) stream.write('\n');
      isLineOpen = false;
    },
  };
}
