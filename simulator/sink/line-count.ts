/** Counts bytes and lines of a body and judges nothing: for a sink without a load. */
import type { BodyReader, BodyVerdict } from '../ledger/verdict.ts';

const newlineByte = 0x0a;

export class LineCount implements BodyReader {
  #bytes = 0;
  #lines = 0;
  #isUnended = false;

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#bytes += chunk.length;
    for (let at = chunk.indexOf(newlineByte); at >= 0; at = chunk.indexOf(newlineByte, at + 1)) this.#lines += 1;
    this.#isUnended = chunk.at(-1) !== newlineByte;
  }

  finish(): BodyVerdict {
    return { bytes: this.#bytes, lines: this.#lines + (this.#isUnended ? 1 : 0), findings: [], isFastPath: false };
  }
}
