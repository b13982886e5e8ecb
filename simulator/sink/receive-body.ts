/**
 * Reads one request body to its end, inflated where it is compressed.
 * Invariant: it ends as `whole` only when the sender sent everything it announced; a body cut off in the middle is `aborted`.
 */
import { createGunzip } from 'node:zlib';
import type { Exchange } from './http/exchange.ts';
import type { ReadGate } from './read-gate.ts';

export type Reception = 'whole' | 'aborted' | 'too-large' | 'not-gzip';

export interface ReceiveOptions {
  readonly isGzip: boolean;
  /** Of the inflated body. What comes beyond it is read and thrown away, so that the sender gets its answer. */
  readonly bodyBytesMax: number;
  /** The pace of a slow reader at this moment; null for full speed. */
  readonly bytesPerS: () => number | null;
  readonly onWireBytes: (bytes: number) => void;
  /** The next piece of the (inflated) body. */
  readonly onChunk: (chunk: Buffer) => void;
}

const inflateChunkBytes = 256 * 1024;

export async function receiveBody(exchange: Exchange, gate: ReadGate, options: ReceiveOptions): Promise<Reception> {
  return new Promise((resolve) => {
    let bodyBytes = 0;
    const onBody = (chunk: Buffer): void => {
      bodyBytes += chunk.length;
      if (bodyBytes <= options.bodyBytesMax) options.onChunk(chunk);
    };
    const onWhole = (): void => resolve(bodyBytes <= options.bodyBytesMax ? 'whole' : 'too-large');
    const inflation = options.isGzip
      ? new Inflation(gate, onBody, (isSound) => (isSound ? onWhole() : resolve('not-gzip')))
      : null;
    exchange.receive({
      chunk(bytes) {
        options.onWireBytes(bytes.length);
        slowDown(gate, bytes.length, options.bytesPerS());
        if (inflation === null) onBody(bytes);
        else inflation.write(bytes);
      },
      end() {
        if (inflation === null) onWhole();
        else inflation.end();
      },
      cut() {
        inflation?.abandon();
        resolve('aborted');
      },
    });
  });
}

/** A gzip body on its way. Broken or not, it is read to its end: before that the sender does not come to read its answer. */
class Inflation {
  readonly #gunzip = createGunzip({ chunkSize: inflateChunkBytes });
  readonly #gate: ReadGate;
  readonly #onOver: (isSound: boolean) => void;
  #isBroken = false;
  #isEnded = false;

  constructor(gate: ReadGate, onBody: (chunk: Buffer) => void, onOver: (isSound: boolean) => void) {
    this.#gate = gate;
    this.#onOver = onOver;
    this.#gunzip.on('data', onBody);
    this.#gunzip.on('drain', () => gate.release('inflating'));
    this.#gunzip.on('end', () => onOver(true));
    this.#gunzip.on('error', () => {
      this.#isBroken = true;
      gate.release('inflating');
      if (this.#isEnded) onOver(false);
    });
  }

  write(bytes: Buffer): void {
    if (!this.#isBroken && !this.#gunzip.write(bytes)) this.#gate.hold('inflating');
  }

  end(): void {
    this.#isEnded = true;
    if (this.#isBroken) this.#onOver(false);
    else this.#gunzip.end();
  }

  abandon(): void {
    this.#gunzip.destroy();
  }
}

function slowDown(gate: ReadGate, chunkBytes: number, bytesPerS: number | null): void {
  if (bytesPerS === null) return;
  gate.hold('slow');
  setTimeout(() => gate.release('slow'), (chunkBytes / bytesPerS) * 1_000);
}
