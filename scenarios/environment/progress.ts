/** Progress on stderr: a bar that redraws itself in a terminal, else plain lines. Results are never written here. */

const barWidth = 28;
const plainIntervalMs = 10_000;
const redrawMs = 100;

type ProgressStream = Pick<NodeJS.WriteStream, 'isTTY'> & { write(text: string): unknown };

export class Progress {
  readonly #stream: ProgressStream;
  readonly #startedMs = Date.now();
  #drawnMs = 0;
  #hasBar = false;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  /** Something has happened; it stays on the screen. */
  note(text: string): void {
    this.#clearBar();
    this.#stream.write(`${this.#elapsed()}  ${text}\n`);
  }

  /** How far the present step is. Called as often as the caller likes; drawn only as often as is useful. */
  update(done: number, total: number, text: string): void {
    const nowMs = Date.now();
    const share = total === 0 ? 0 : Math.min(1, done / total);
    if (nowMs - this.#drawnMs < (this.#stream.isTTY ? redrawMs : plainIntervalMs)) return;
    this.#drawnMs = nowMs;
    const percent = `${Math.floor(share * 100)}%`.padStart(4);
    if (!this.#stream.isTTY) {
      this.#stream.write(`${this.#elapsed()} ${percent}  ${text}\n`);
      return;
    }
    const filled = Math.round(share * barWidth);
    const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
    this.#stream.write(`\r\u001B[2K${this.#elapsed()}  ${bar} ${percent}  ${text}`);
    this.#hasBar = true;
  }

  end(): void {
    this.#clearBar();
  }

  #clearBar(): void {
    if (this.#hasBar) this.#stream.write('\r\u001B[2K');
    this.#hasBar = false;
    // The next bar of a terminal, or the next plain line, comes at its own time.
    this.#drawnMs = this.#stream.isTTY ? 0 : Date.now();
  }

  #elapsed(): string {
    return `${((Date.now() - this.#startedMs) / 1000).toFixed(1)}s`.padStart(7);
  }
}
