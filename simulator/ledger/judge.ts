/**
 * The verdict on a run: what of the uploaded objects is missing.
 * A line is lost when it was never acknowledged: that is the contract's word, since nothing but a 2xx settles a line at the sink. Lines that
 * an agent took without ever answering 2xx are therefore lost too, and named as stored, so that nobody looks for them in vain.
 */
import type { Accounts, ObjectAccount, OpenObject } from './accounts.ts';
import type { LineRange } from './line-set.ts';

/** Objects firstIndex to lastIndex: these two and all between them were uploaded. */
export interface ExpectedRange {
  readonly firstIndex: number;
  readonly lastIndex: number;
}

/** Lines firstLine to lastLine of one object, none of them acknowledged. */
interface MissingRange {
  readonly index: number;
  readonly firstLine: number;
  readonly lastLine: number;
  /** Taken by an agent all the same, without a 2xx. */
  readonly isStored: boolean;
}

export interface Judgement {
  readonly expectedObjects: number;
  readonly expectedLines: number;
  /** Expected and never acknowledged. */
  readonly lostLines: number;
  /** Those of the lost lines that an agent took without a 2xx. */
  readonly lostButStoredLines: number;
  /** Delivered lines of objects that are not among the expected. */
  readonly outsideLines: number;
  /** At most `missingListedMax` ranges. */
  readonly missing: readonly MissingRange[];
  /** Ranges that found no place in the list. */
  readonly missingUnlisted: number;
}

const missingListedMax = 1_000;

export function judge(expected: readonly ExpectedRange[], accounts: Accounts, deliveredLines: number): Judgement {
  const sum = { expectedObjects: 0, expectedLines: 0, lostLines: 0, lostButStoredLines: 0 };
  let outsideLines = deliveredLines;
  const missing: MissingRange[] = [];
  let missingUnlisted = 0;
  for (const { firstIndex, lastIndex } of mergeRanges(expected)) {
    if (lastIndex >= accounts.objectCount) {
      throw new RangeError(
        `object ${lastIndex} is not of this load, which has ${accounts.objectCount} objects, counted from 0`,
      );
    }
    for (let index = firstIndex; index <= lastIndex; index += 1) {
      const account = accounts.account(index);
      sum.expectedObjects += 1;
      sum.expectedLines += account.lines;
      sum.lostLines += account.lines - account.acknowledgedLines;
      sum.lostButStoredLines += account.deliveredLines - account.acknowledgedLines;
      outsideLines -= account.deliveredLines;
      if (account.acknowledgedLines === account.lines) continue;
      const ranges = missingRanges(account, accounts.open(index));
      const listed = ranges.slice(0, missingListedMax - missing.length);
      missing.push(...listed);
      missingUnlisted += ranges.length - listed.length;
    }
  }
  return { ...sum, outsideLines, missing, missingUnlisted };
}

/** The same objects in order, each once. */
function mergeRanges(ranges: readonly ExpectedRange[]): readonly ExpectedRange[] {
  const merged: { firstIndex: number; lastIndex: number }[] = [];
  for (const { firstIndex, lastIndex } of ranges.toSorted((a, b) => a.firstIndex - b.firstIndex)) {
    const last = merged.at(-1);
    if (last !== undefined && firstIndex <= last.lastIndex + 1) last.lastIndex = Math.max(last.lastIndex, lastIndex);
    else merged.push({ firstIndex, lastIndex });
  }
  return merged;
}

function missingRanges({ index, lines }: ObjectAccount, open: OpenObject | null): readonly MissingRange[] {
  const named = (ranges: readonly LineRange[], isStored: boolean): readonly MissingRange[] =>
    ranges.map(({ first, end }) => ({ index, firstLine: first, lastLine: end - 1, isStored }));
  if (open === null) return named([{ first: 0, end: lines }], false);
  return open.acknowledged
    .gaps(0, lines)
    .flatMap(({ first, end }) =>
      named(open.stored.within(first, end), true).concat(named(open.stored.gaps(first, end), false)),
    )
    .toSorted((a, b) => a.firstLine - b.firstLine);
}
