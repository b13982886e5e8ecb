/**
 * What really became of every line, seen from outside: what the endpoints stored, which answers reached the streamer, what is durable. It takes
 * nothing that the streamer says on trust, and uses none of its code.
 */
import type { ObjectRef } from '#streamer';
import { type Content, contentOf, type ContentLine, findLine } from './content.ts';
import type { Judge } from './invariants.ts';

/**
 * `owed`: by its name and age the streamer must deliver it. `optional`: it may, as it was overwritten in a folder that is older than the look-back.
 * `foreign`: it must not.
 */
type Standing = 'owed' | 'optional' | 'foreign';

/** One object version with the accounts of its lines. */
export interface Version {
  readonly bucket: string;
  readonly key: string;
  readonly content: Content;
  readonly lastModifiedMs: number;
  readonly visibleMs: number;
  readonly standing: Standing;
  /** Overwritten or deleted: nothing is owed any more. */
  isGone: boolean;
  /** How often the endpoints stored each line. */
  readonly copies: Uint16Array;
  /** How many POSTs are on their way to store each. */
  readonly underWay: Uint16Array;
  /** How often each may have been sent again. */
  readonly repeatsAllowed: Uint16Array;
  /** Which instance got a 2xx for each line last; 0 for none. */
  readonly acknowledgedBy: Uint16Array;
  /** A durable record sets it aside. */
  readonly setAside: Uint8Array;
  /** State says that it is settled. */
  readonly durable: Uint8Array;
  /** State says that it is settled in the reading that is under way, which may be another than the one that completed the object. */
  readonly partial: Uint8Array;
  /** In whose journal it stands as settled: a bit for each machine. */
  readonly journaled: Uint8Array;
  /** A durable record sets its unreadable rest aside. */
  isRestSetAside: boolean;
  isDurablyComplete: boolean;
  /** Bytes of lines that are to be delivered and are not acknowledged yet. */
  openBytes: number;
  /** When the last line was acknowledged; null before. An object without lines is never waited for. */
  acknowledgedMs: number | null;
  /** Somebody asked for it, and has not got it yet. */
  hasOpenRequest: boolean;
  /** When somebody asked last. */
  requestedMs: number;
}

/** Lines first..end-1 of one version. */
export interface LineRun {
  readonly version: Version;
  readonly first: number;
  readonly end: number;
}

export class Truth {
  readonly #judge: Judge;
  readonly #nowMs: () => number;
  readonly #versions: Version[] = [];
  readonly #byContent = new Map<number, Version>();
  readonly #byIdentity = new Map<string, Version>();

  constructor(options: { readonly judge: Judge; readonly nowMs: () => number }) {
    this.#judge = options.judge;
    this.#nowMs = options.nowMs;
  }

  get versions(): readonly Version[] {
    return this.#versions;
  }

  addVersion(
    place: Pick<Version, 'bucket' | 'key' | 'lastModifiedMs' | 'visibleMs' | 'standing'>,
    contentId: number,
  ): Version {
    const content = contentOf(contentId);
    const count = content.lines.length;
    const version: Version = {
      ...place,
      content,
      isGone: false,
      copies: new Uint16Array(count),
      underWay: new Uint16Array(count),
      repeatsAllowed: new Uint16Array(count),
      acknowledgedBy: new Uint16Array(count),
      setAside: new Uint8Array(count),
      durable: new Uint8Array(count),
      partial: new Uint8Array(count),
      journaled: new Uint8Array(count),
      isRestSetAside: false,
      isDurablyComplete: false,
      openBytes: content.lines.reduce((bytes, line) => bytes + (isDue(line) ? line.end - line.start : 0), 0),
      acknowledgedMs: null,
      hasOpenRequest: false,
      requestedMs: -Infinity,
    };
    this.#versions.push(version);
    this.#byContent.set(contentId, version);
    this.#byIdentity.set(identityOf({ ...place, etag: content.etag }), version);
    return version;
  }

  find(object: Pick<ObjectRef, 'bucket' | 'key' | 'etag'>): Version | null {
    return this.#byIdentity.get(identityOf(object)) ?? null;
  }

  /** The lines of a body. What is none of this world's lines breaches an invariant, and is left out. */
  readBody(body: string): readonly LineRun[] {
    const texts = (body.endsWith('\n') ? body.slice(0, -1) : body).split('\n');
    const runs: LineRun[] = [];
    for (const text of texts) {
      const found = findLine(text);
      const version = found === null ? undefined : this.#byContent.get(found.contentId);
      if (found === null || version === undefined) {
        this.#judge.breach('true-lines', `an endpoint got ${JSON.stringify(text.slice(0, 200))}`);
        continue;
      }
      const last = runs.at(-1);
      if (last?.version === version && last.end === found.line)
        runs[runs.length - 1] = { ...last, end: found.line + 1 };
      else runs.push({ version, first: found.line, end: found.line + 1 });
    }
    return runs;
  }

  /** A POST is on its way that will store them (`1`), or has, or never will (`-1`). */
  send(runs: readonly LineRun[], change: 1 | -1): void {
    for (const { version, first, end } of runs) {
      for (let line = first; line < end; line += 1) version.underWay[line] = (version.underWay[line] ?? 0) + change;
    }
  }

  store(runs: readonly LineRun[]): void {
    for (const { version, first, end } of runs) {
      if (version.standing === 'foreign')
        this.#judge.breach('true-lines', `${nameOf(version)} is none of ours, and was delivered`);
      for (let line = first; line < end; line += 1) {
        const copies = bump(version.copies, line);
        const allowed = 1 + (version.repeatsAllowed[line] ?? 0);
        if (copies > allowed) {
          const detail = `${nameOf(version)} line ${line} was stored ${copies} times, ${allowed} at most were explained`;
          this.#judge.breach('duplicates-bounded', detail);
        }
        if (version.content.lines[line]?.fate !== 'delivered')
          this.#judge.breach('true-lines', `${nameOf(version)} line ${line} should have been set aside`);
      }
    }
  }

  /** That instance got a 2xx for them. */
  acknowledge(runs: readonly LineRun[], instance: number): void {
    for (const { version, first, end } of runs) {
      for (let line = first; line < end; line += 1) {
        const isFirst = version.acknowledgedBy[line] === 0;
        version.acknowledgedBy[line] = instance;
        if (!isFirst) continue;
        const { start, end: endByte } = lineAt(version, line);
        version.openBytes -= endByte - start;
      }
      if (version.openBytes === 0) version.acknowledgedMs ??= this.#nowMs();
    }
  }

  /** They were stored, or will be, and the streamer was told otherwise or nothing. */
  allowRepeat(runs: readonly LineRun[]): void {
    for (const { version, first, end } of runs) {
      for (let line = first; line < end; line += 1) bump(version.repeatsAllowed, line);
    }
  }

  /** All of it may be delivered once more: somebody asked for it. */
  allowRepeatOf(version: Version): void {
    this.allowRepeat([{ version, first: 0, end: version.content.lines.length }]);
  }

  /** An instance ended without a word: what it had sent and is not durable may be sent again. */
  allowRepeatsAfterEnd(underWay: readonly LineRun[]): void {
    const sent = new Map<Version, Set<number>>();
    for (const { version, first, end } of underWay) {
      const lines = sent.get(version) ?? new Set();
      for (let line = first; line < end; line += 1) lines.add(line);
      sent.set(version, lines);
    }
    for (const version of this.#versions) {
      const underWayLines = sent.get(version);
      for (let line = 0; line < version.copies.length; line += 1) {
        const wasSent = (version.copies[line] ?? 0) > 0 || underWayLines?.has(line) === true;
        if (wasSent && savedOf(version)[line] !== 1) bump(version.repeatsAllowed, line);
      }
    }
  }

  /** Lines that were sent, or are on their way, and that state does not know as settled. */
  sentUnsaved(version: Version): readonly number[] {
    const lines: number[] = [];
    for (let line = 0; line < version.copies.length; line += 1) {
      const wasSent = (version.copies[line] ?? 0) > 0 || (version.underWay[line] ?? 0) > 0;
      if (wasSent && savedOf(version)[line] !== 1) lines.push(line);
    }
    return lines;
  }

  /** After that instance stopped cleanly. `isExcused`: of a line that state does not know, though it was told of it, or that it cannot be told of. */
  checkAllSaved(instance: number, isExcused: (version: Version, line: number) => boolean): void {
    for (const version of this.#versions) {
      const line = version.acknowledgedBy.findIndex(
        (by, at) => by === instance && version.durable[at] !== 1 && !isExcused(version, at),
      );
      if (line === -1) continue;
      this.#judge.breach('clean-stop-saves', `${nameOf(version)} line ${line} was acknowledged and is not durable`);
      return;
    }
  }

  /** In the end. */
  checkNothingLost(): void {
    for (const version of this.#versions) {
      if (!isOwed(version)) continue;
      const line = version.content.lines.findIndex(({ fate }, at) =>
        fate === 'delivered' ? version.copies[at] === 0 : version.setAside[at] !== 1,
      );
      if (line !== -1)
        this.#judge.breach('nothing-lost', `${nameOf(version)} line ${line} is neither delivered nor set aside`);
      else if (version.content.damage !== null && !version.isRestSetAside)
        this.#judge.breach('nothing-lost', `${nameOf(version)} is damaged, and no record says so`);
    }
  }

  /** What is owed and not yet durably complete. */
  openVersions(): readonly Version[] {
    return this.#versions.filter(
      (version) => isOwed(version) && (!version.isDurablyComplete || version.hasOpenRequest),
    );
  }
}

/** What whoever reads the object next need not send. What somebody asked for again is durable from before; its second delivery is only as far as it was saved. */
function savedOf({ durable, partial, hasOpenRequest }: Version): Uint8Array {
  return hasOpenRequest ? partial : durable;
}

function isOwed(version: Version): boolean {
  return version.standing === 'owed' && !version.isGone;
}

export function nameOf({ key, content }: Version): string {
  return `${key.slice(key.lastIndexOf('/') + 1)} (${content.kind} ${content.id})`;
}

function lineAt(version: Version, line: number): ContentLine {
  const found = version.content.lines[line];
  if (found === undefined) throw new RangeError(`line ${line} of ${nameOf(version)}`);
  return found;
}

function isDue({ fate }: ContentLine): boolean {
  return fate === 'delivered';
}

function identityOf({ bucket, key, etag }: Pick<ObjectRef, 'bucket' | 'key' | 'etag'>): string {
  return `${bucket} ${etag} ${key}`;
}

/** Adds one, and gives back the new count. */
function bump(counts: Uint16Array, at: number): number {
  const count = (counts[at] ?? 0) + 1;
  counts[at] = count;
  return count;
}
