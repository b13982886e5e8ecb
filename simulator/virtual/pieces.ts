/**
 * Batches that one instance takes apart after a refusal, as the endpoints see them: by the pieces' keys.
 * It knows the one case in which the streamer cannot keep what it was told: a batch whose lines are not the object's bytes as they stand there (commas, CR
 * LF and blank lines are taken out), of which some pieces were acknowledged before another got server errors until the object was parked. Ranges of
 * such pieces are not known, so the batch is sent whole when the object is read again. See docs/delivery-guarantee.md.
 */
import type { LineRun, Truth, Version } from './truth.ts';

interface BatchInPieces {
  readonly version: Version;
  readonly isVerbatim: boolean;
  readonly acknowledged: LineRun[];
  /** The latest answer to a piece of it was a server error. Pieces of one batch are sent one after the other. */
  isFailing: boolean;
}

/** `<etag>-<hash>-<start>-<end>` of the batch, then first record and count of the piece. */
const PIECE_KEY = /^([^-]+-[^-]+-(\d+)-(\d+))-\d+-\d+$/;

/** Whether a body is one of several into which a refused batch was taken apart. */
export function isPiece(idempotencyKey: string): boolean {
  return PIECE_KEY.test(idempotencyKey);
}

export class Pieces {
  readonly #batches = new Map<string, BatchInPieces>();

  /** A body was answered; `status` is null where no answer came. */
  answer(idempotencyKey: string, status: number | null, runsOf: () => readonly LineRun[]): void {
    const [, batchKey, start, end] = PIECE_KEY.exec(idempotencyKey) ?? [];
    if (batchKey === undefined) return;
    const runs = runsOf();
    const version = runs[0]?.version;
    if (version === undefined) return;
    const isVerbatim = isVerbatimIn(version, Number(start), Number(end));
    const batch = this.#batches.get(batchKey) ?? { version, isVerbatim, acknowledged: [], isFailing: false };
    batch.isFailing = status !== null && status >= 500;
    if (status !== null && status >= 200 && status < 300) batch.acknowledged.push(...runs);
    this.#batches.set(batchKey, batch);
  }

  /** The object is read again, so none of its batches is under way: one whose latest answer was a server error was parked. */
  readAgain(version: Version, truth: Truth): void {
    for (const [key, batch] of this.#batches) {
      if (batch.version !== version) continue;
      if (batch.isFailing && !batch.isVerbatim) truth.allowRepeat(batch.acknowledged);
      this.#batches.delete(key);
    }
  }
}

/** Whether the records of that range, each with a newline, are its bytes. */
function isVerbatimIn({ content }: Version, start: number, end: number): boolean {
  const lines = content.lines.filter((line) => line.start >= start && line.end <= end);
  const bytes = lines.reduce((sum, line) => sum + line.text.length + 1, 0);
  return bytes === end - start && lines.every((line) => line.text.length + 1 === line.end - line.start);
}
