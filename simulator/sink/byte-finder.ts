/** Looks for some bytes in a stream of chunks. Invariant: finds them wherever the chunks are cut. */

export class ByteFinder {
  readonly #wanted: Buffer;
  /** The end of what came before: too short to hold the wanted bytes, long enough to hold all but their last. */
  #tail: Buffer = Buffer.alloc(0);
  isFound = false;

  constructor(wanted: string) {
    this.#wanted = Buffer.from(wanted, 'utf8');
  }

  push(chunk: Buffer): void {
    if (this.isFound) return;
    const keepBytes = this.#wanted.length - 1;
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, keepBytes)]);
    this.isFound = chunk.includes(this.#wanted) || seam.includes(this.#wanted);
    const end = chunk.length >= keepBytes ? chunk : seam;
    this.#tail = Buffer.from(end.subarray(Math.max(0, end.length - keepBytes)));
  }
}
