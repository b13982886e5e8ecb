/**
 * Batches that one instance takes apart after a refusal, as the endpoints see them: by the pieces' keys.
 * It knows the one case in which the streamer cannot keep what it was told: a batch whose lines are not the object's bytes as they stand there (commas, CR
 * LF, blank lines and lines over the limit are taken out), of which some pieces were acknowledged before it was given up: as another got server errors until the object was
 * parked, or as the claim was lost. Ranges of such pieces are not known, so the batch is sent whole when the object is read again. See
 * docs/delivery-guarantee.md.
 */
import type { Range } from '#streamer';
import { linesWithin } from './saved-progress.ts';
import type { LineRun, Truth, Version } from './truth.ts';

interface BatchInPieces {
  readonly version: Version;
  /** All that are sent of it. One that every endpoint refuses is never acknowledged, so whether a batch with such a line was settled cannot be seen from here. */
  readonly lines: readonly number[];
  readonly isVerbatim: boolean;
  readonly acknowledged: LineRun[];
  /** The latest answer to a piece of it was a server error. Pieces of one batch are sent one after the other. */
  isFailing: boolean;
  /** Whether the instance still has what it had on the object when the latest of them was sent. */
  isHeld: Hold;
}

/** False from when the instance knows that others may have the object. */
export type Hold = () => boolean;

/** A body that was answered. */
export interface AnsweredBody {
  readonly idempotencyKey: string;
  /** Null where no answer came. */
  readonly status: number | null;
  readonly runsOf: () => readonly LineRun[];
  readonly isHeld: Hold;
}

/** `<etag>-<hash>-<start>-<end>` of the batch, then first record and count of the piece. */
const PIECE_KEY = /^([^-]+-[^-]+-(\d+)-(\d+))-\d+-\d+$/;

/** Whether a body is one of several into which a refused batch was taken apart. */
export function isPiece(idempotencyKey: string): boolean {
  return PIECE_KEY.test(idempotencyKey);
}

export class Pieces {
  readonly #batches = new Map<string, BatchInPieces>();
  /** By line: the batch in a piece of which it was acknowledged last. Not where that was in a body of whole batches. */
  readonly #batchOf = new Map<Version, Map<number, BatchInPieces>>();

  answer({ idempotencyKey, status, runsOf, isHeld }: AnsweredBody): void {
    const isAccepted = status !== null && status >= 200 && status < 300;
    const [, batchKey, start, end] = PIECE_KEY.exec(idempotencyKey) ?? [];
    if (batchKey === undefined) {
      if (isAccepted && this.#batchOf.size > 0) this.#acknowledge(runsOf(), null);
      return;
    }
    const runs = runsOf();
    const version = runs[0]?.version;
    if (version === undefined) return;
    const range = { start: Number(start), end: Number(end) };
    const batch = this.#batches.get(batchKey) ?? batchOf(version, range, isHeld);
    batch.isFailing = status !== null && status >= 500;
    batch.isHeld = isHeld;
    if (isAccepted) {
      batch.acknowledged.push(...runs);
      this.#acknowledge(runs, batch);
    }
    this.#batches.set(batchKey, batch);
  }

  /** Whether the line was acknowledged, and the streamer cannot save that: its batch was given up before all of it was settled, and the range of the piece is not known. */
  isGivenUp(version: Version, line: number): boolean {
    const batch = this.#batchOf.get(version)?.get(line);
    if (batch === undefined || batch.isVerbatim || (batch.isHeld() && !batch.isFailing)) return false;
    const acknowledged = new Set(batch.acknowledged.flatMap(linesOf));
    return batch.lines.some((one) => !acknowledged.has(one));
  }

  /** The object is read again, so none of its batches is under way: one whose latest answer was a server error was parked. */
  readAgain(version: Version, truth: Truth): void {
    for (const [key, batch] of this.#batches) {
      if (batch.version !== version) continue;
      if (batch.isFailing && !batch.isVerbatim) truth.allowRepeat(batch.acknowledged);
      this.#batches.delete(key);
    }
  }

  #acknowledge(runs: readonly LineRun[], batch: BatchInPieces | null): void {
    for (const run of runs) {
      const known = this.#batchOf.get(run.version) ?? new Map<number, BatchInPieces>();
      for (const line of linesOf(run))
        if (batch === null) known.delete(line);
        else known.set(line, batch);
      this.#batchOf.set(run.version, known);
    }
  }
}

function linesOf({ first, end }: LineRun): readonly number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

function batchOf(version: Version, range: Range, isHeld: Hold): BatchInPieces {
  const lines = sentOf(version, range);
  const isVerbatim = isVerbatimIn(version, range, lines);
  return { version, lines, isVerbatim, acknowledged: [], isFailing: false, isHeld };
}

/** Lines over the limit are set aside, and not sent. */
function sentOf(version: Version, range: Range): readonly number[] {
  return linesWithin(version, range).filter((line) => version.content.lines[line]?.fate !== 'too-long');
}

/** Whether the lines that are sent of that range, each with a newline, are its bytes. */
function isVerbatimIn({ content }: Version, { start, end }: Range, sent: readonly number[]): boolean {
  const lines = content.lines.filter((_, index) => sent.includes(index));
  const bytes = lines.reduce((sum, line) => sum + line.text.length + 1, 0);
  return bytes === end - start && lines.every((line) => line.text.length + 1 === line.end - line.start);
}
