/**
 * Which listed objects of one source are to be read, and why the others are not: the one place where that is decided, for the running streamer
 * and for the commands that explain and audit it.
 */
import type { ObjectRef } from '../ports.ts';
import type { CompiledFormats } from './format.ts';
import type { ObjectTask } from './object-task.ts';

/** Why a listed object, or a whole folder, is not read. */
export type SkipReason =
  | 'complete'
  | 'before-start'
  | 'older-than-lookback'
  | 'name-mismatch'
  | 'folder-marker'
  | 'folder-outside-lookback'
  | 'no-source'
  /** Deleted before it was read. */
  | 'gone';

export type Selected =
  | { readonly kind: 'task'; readonly task: ObjectTask }
  | { readonly kind: 'skipped'; readonly reason: SkipReason };

export interface SelectionOptions {
  /** Index into the configured sources. */
  readonly source: number;
  readonly prefix: string;
  readonly formats: CompiledFormats;
  /** A format's name, or `auto`. */
  readonly formatChoice: string;
  readonly delayWindowMs: number;
}

export interface SelectionBounds {
  /** Objects that were last modified before this moment are not ours. */
  readonly startFromMs: number;
  /** Objects that were last modified before this moment were dealt with by earlier sweeps. */
  readonly sinceMs: number;
}

/** A time stamp in a name may be ahead of LastModified by this much: S3 gives that in whole seconds. */
const LAST_MODIFIED_RESOLUTION_MS = 1000;

export class Selection {
  readonly #options: SelectionOptions;

  constructor(options: SelectionOptions) {
    this.#options = options;
  }

  /** By the window first, then by the name. */
  select(object: ObjectRef, { startFromMs, sinceMs }: SelectionBounds, listedMs: number): Selected {
    if (isFolderMarker(object)) return { kind: 'skipped', reason: 'folder-marker' };
    if (object.lastModifiedMs < startFromMs) return { kind: 'skipped', reason: 'before-start' };
    if (object.lastModifiedMs < sinceMs) return { kind: 'skipped', reason: 'older-than-lookback' };
    return this.selectByName(object, listedMs);
  }

  /** Whatever its age: for objects that somebody asked for. */
  selectByName(object: ObjectRef, listedMs: number): Selected {
    if (isFolderMarker(object)) return { kind: 'skipped', reason: 'folder-marker' };
    const { source, prefix, formats, formatChoice, delayWindowMs } = this.#options;
    const chosen = formats.choose(formatChoice, object.key.slice(prefix.length));
    if (chosen === null) return { kind: 'skipped', reason: 'name-mismatch' };
    // A time stamp from the future would make the object wait for it: no later than its LastModified counts.
    const fileTimestampMs = Math.min(
      chosen.fileTimestampMs ?? object.lastModifiedMs,
      object.lastModifiedMs + LAST_MODIFIED_RESOLUTION_MS,
    );
    const task: ObjectTask = {
      object,
      source,
      format: chosen.format,
      isFormatOpen: !chosen.isByName,
      fileTimestampMs,
      listedMs,
      eligibleMs: Math.max(object.lastModifiedMs, fileTimestampMs + delayWindowMs),
      // What is listed is visible, whatever the clock of S3 says.
      notBeforeMs: Math.min(fileTimestampMs, listedMs) + delayWindowMs,
      settled: [],
      settledLines: 0,
      failures: 0,
      damagedReadings: 0,
      parkings: 0,
    };
    return { kind: 'task', task };
  }

  /** The time in the object's name; null when it tells none. */
  timestampOf(key: string): number | null {
    const { formats, formatChoice, prefix } = this.#options;
    return formats.choose(formatChoice, key.slice(prefix.length))?.fileTimestampMs ?? null;
  }
}

/** What some tools put in the place of a folder. */
function isFolderMarker(object: ObjectRef): boolean {
  return object.key.endsWith('/') && object.sizeBytes === 0;
}
