/**
 * What happened in a world, one line each, in order. Two runs of one seed must give the same trace, byte for byte: a difference means that something
 * beside the seed decides. It is kept only where somebody wants to read or compare it.
 */

type Field = string | number | boolean | null;

export class Trace {
  readonly #nowMs: () => number;
  readonly #startMs: number;
  readonly #lines: string[] | null;

  constructor(options: { readonly nowMs: () => number; readonly isKept: boolean }) {
    this.#nowMs = options.nowMs;
    this.#startMs = options.nowMs();
    this.#lines = options.isKept ? [] : null;
  }

  add(event: string, ...fields: readonly Field[]): void {
    if (this.#lines === null) return;
    const atS = (this.#nowMs() - this.#startMs) / 1000;
    this.#lines.push(`${atS.toFixed(6)} ${event} ${fields.join(' ')}\n`);
  }

  /** Null when it was not kept. */
  get text(): string | null {
    return this.#lines?.join('') ?? null;
  }
}
