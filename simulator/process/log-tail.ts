/** Reads a growing text file line by line. Invariant: every complete line is returned once, in order; an unfinished last line waits. */
import { closeSync, openSync, readSync } from 'node:fs';

const chunkBytes = 1 << 16;

export class LogTail {
  readonly #path: string;
  #offset: number;
  #rest: Buffer = Buffer.alloc(0);

  /** From this offset on; what stands before it is of an earlier writer. */
  constructor(path: string, offset = 0) {
    this.#path = path;
    this.#offset = offset;
  }

  /** The complete lines written since the last call. */
  readNew(): readonly string[] {
    const file = openSync(this.#path, 'r');
    try {
      const parts: Buffer[] = [this.#rest];
      for (;;) {
        const chunk = Buffer.allocUnsafe(chunkBytes);
        const bytes = readSync(file, chunk, 0, chunkBytes, this.#offset);
        if (bytes === 0) break;
        this.#offset += bytes;
        parts.push(chunk.subarray(0, bytes));
      }
      const text = Buffer.concat(parts);
      const end = text.lastIndexOf(10) + 1;
      this.#rest = text.subarray(end);
      return end === 0 ? [] : text.toString('utf8', 0, end - 1).split('\n');
    } finally {
      closeSync(file);
    }
  }
}
