/** Compares what the streamer saves with what really happened, and keeps account of what is durable. */
import type { ObjectRef, QuarantineRecord, Range, StateChange, StateCommit } from '#streamer';
import type { Judge } from './invariants.ts';
import { nameOf, type Truth, type Version } from './truth.ts';

export class SavedProgress {
  readonly #judge: Judge;
  readonly #truth: Truth;
  readonly #isShared: boolean;
  readonly #everSetAside = new SetAside(null);

  constructor(options: { readonly judge: Judge; readonly truth: Truth; readonly isShared: boolean }) {
    this.#isShared = options.isShared;
    this.#judge = options.judge;
    this.#truth = options.truth;
  }

  /** When the streamer asks for it: by then everything in it must have happened. */
  check(commit: StateCommit): void {
    const setAside = new SetAside(this.#everSetAside);
    for (const record of commit.quarantined) this.#checkRecord(record, setAside);
    for (const change of commit.changes) this.#checkChange(change, setAside);
  }

  /** When it is durable. */
  apply(commit: StateCommit): void {
    for (const record of commit.quarantined) this.applyRecord(record);
    for (const { object, settled, complete } of commit.changes) {
      const version = this.#find(object);
      if (version === null) continue;
      this.applyRanges(version, settled);
      if (complete) this.applyCompletion(version);
    }
  }

  applyRecord(record: QuarantineRecord): void {
    const version = this.#find(record.object);
    if (version === null) return;
    if (record.range === null || isWhole(record, version)) version.isRestSetAside = true;
    else for (const line of setAsideLines(version, record.range)) version.setAside[line] = 1;
    this.#everSetAside.add(record, version);
  }

  applyRanges(version: Version, settled: readonly Range[]): void {
    for (const range of settled) {
      for (const line of linesWithin(version, range)) {
        version.durable[line] = 1;
        version.partial[line] = 1;
      }
    }
  }

  applyCompletion(version: Version): void {
    version.durable.fill(1);
    version.partial.fill(0);
    version.isDurablyComplete = true;
  }

  /** Nothing is durable any more; what was true is still true. */
  forget(): void {
    for (const version of this.#truth.versions) {
      version.durable.fill(0);
      version.partial.fill(0);
      version.setAside.fill(0);
      version.isRestSetAside = false;
      version.isDurablyComplete = false;
    }
  }

  #checkRecord(record: QuarantineRecord, setAside: SetAside): void {
    const version = this.#find(record.object);
    if (version === null) return;
    const what = `${nameOf(version)} was set aside as ${record.reason}`;
    if (record.range === null || isWhole(record, version)) {
      const isTrue = record.reason === 'object-gone' ? version.isGone : record.reason === version.content.damage;
      if (!isTrue) this.#judge.breach('good-data-kept', `${what}, and is not`);
      setAside.add(record, version);
      return;
    }
    const lines = setAsideLines(version, record.range);
    const fates = new Set(lines.map((line) => version.content.lines[line]?.fate));
    const isTrue = record.reason === 'line-too-long' ? fates.has('too-long') : fates.has('refused');
    if (!isTrue) {
      const { start, end } = record.range;
      this.#judge.breach('good-data-kept', `bytes ${start} to ${end} of ${what}, and are good`);
    }
    setAside.add(record, version);
  }

  #checkChange({ object, settled, complete }: StateChange, setAside: SetAside): void {
    const version = this.#find(object);
    if (version === null) return;
    for (const range of settled) {
      const split = lineSplitBy(version, range);
      if (split !== null) {
        const detail = `${nameOf(version)} line ${split} is split by the saved range ${range.start} to ${range.end}`;
        this.#judge.breach('settled-before-saved', detail);
      }
      for (const line of linesWithin(version, range)) this.#checkSettled(version, line, setAside, 'settled');
    }
    if (!complete) return;
    // Nobody can read what is gone; and it may not stay among what several instances share.
    if (version.isGone && (this.#isShared || setAside.hasRest(version))) return;
    for (let line = 0; line < version.content.lines.length; line += 1)
      this.#checkSettled(version, line, setAside, 'complete');
    if (version.content.damage !== null && !setAside.hasRest(version))
      this.#judge.breach(
        'settled-before-saved',
        `${nameOf(version)} is damaged, and was saved as complete without a record`,
      );
  }

  #checkSettled(version: Version, line: number, setAside: SetAside, saved: string): void {
    if (version.acknowledgedBy[line] !== 0 || setAside.hasLine(version, line)) return;
    const detail = `${nameOf(version)} line ${line} was saved as ${saved} and is neither acknowledged nor set aside`;
    this.#judge.breach('settled-before-saved', detail);
  }

  #find(object: ObjectRef): Version | null {
    const version = this.#truth.find(object);
    if (version === null)
      this.#judge.breach('true-lines', `progress was saved of ${object.key} ${object.etag}, which never was`);
    return version;
  }
}

/** A member with a wrong checksum is set aside by its range; such a content has no other. */
function isWhole({ range }: QuarantineRecord, { content }: Version): boolean {
  return content.damage !== null && range?.start === 0 && range.end === content.rawBytes;
}

/** What was set aside before, even if that is forgotten for a while, and what is added to it. */
class SetAside {
  readonly #before: SetAside | null;
  readonly #lines = new Map<Version, Set<number>>();
  readonly #rests = new Set<Version>();

  constructor(before: SetAside | null) {
    this.#before = before;
  }

  add(record: QuarantineRecord, version: Version): void {
    if (record.range === null || isWhole(record, version)) {
      this.#rests.add(version);
      return;
    }
    const known = this.#lines.get(version) ?? new Set();
    for (const line of setAsideLines(version, record.range)) known.add(line);
    this.#lines.set(version, known);
  }

  hasLine(version: Version, line: number): boolean {
    return this.#lines.get(version)?.has(line) === true || this.#before?.hasLine(version, line) === true;
  }

  hasRest(version: Version): boolean {
    return this.#rests.has(version) || this.#before?.hasRest(version) === true;
  }
}

/** Ordinal of the first line that begins at or after the offset. */
function firstLineAt({ content: { lines } }: Version, offset: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lines[middle]?.start ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Lines that lie in the range as a whole. */
export function linesWithin(version: Version, { start, end }: Range): readonly number[] {
  const { lines } = version.content;
  const within: number[] = [];
  for (let line = firstLineAt(version, start); line < lines.length && (lines[line]?.end ?? Infinity) <= end; line += 1)
    within.push(line);
  return within;
}

/** Of a range that is set aside: the lines that must not be delivered. A record may name the whole range of a batch, good lines and all. */
function setAsideLines(version: Version, range: Range): readonly number[] {
  return linesWithin(version, range).filter((line) => version.content.lines[line]?.fate !== 'delivered');
}

/** The line through which an end of the range goes; null when there is none. */
function lineSplitBy(version: Version, { start, end }: Range): number | null {
  const { lines } = version.content;
  for (const offset of [start, end]) {
    const line = firstLineAt(version, offset) - 1;
    if (line >= 0 && (lines[line]?.start ?? 0) < offset && (lines[line]?.end ?? 0) > offset) return line;
  }
  return null;
}
