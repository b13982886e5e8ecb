/**
 * The format of objects whose names tell nothing, with `auto`: decided once for each folder, by the content of the first object of it that is read and has
 * a line. An object with a sign of its own is read by that, whatever its folder.
 * Invariant: a line is skipped as a heading only where it has the sign of one: what is only read as its neighbours are loses none.
 */
import { firstLineOf, formatBySign } from './content-signs.ts';
import type { CompiledFormats, Format } from './format.ts';
import type { ObjectTask } from './object-task.ts';

/** The oldest decision goes first; it is made again when it is needed. */
const FOLDERS_MAX = 10_000;

export class FolderFormats {
  readonly #formats: CompiledFormats;
  readonly #decided = new Map<string, Format>();

  constructor(formats: CompiledFormats) {
    this.#formats = formats;
  }

  /** The format of an object whose content begins so. */
  of({ object, format, isFormatOpen }: ObjectTask, content: Uint8Array): Format {
    if (!isFormatOpen) return format;
    const folder = `${object.bucket}/${object.key.slice(0, object.key.lastIndexOf('/') + 1)}`;
    const firstLine = firstLineOf(content);
    if (firstLine === null) return format;
    const name = formatBySign(firstLine);
    const own = name === null ? format : this.#formats.named(name);
    const decided = this.#decided.get(folder) ?? this.#decide(folder, own);
    return name === null ? { ...decided, recordRule: { ...decided.recordRule, headerLines: 0 } } : own;
  }

  #decide(folder: string, format: Format): Format {
    const [oldest] = this.#decided.keys();
    if (this.#decided.size >= FOLDERS_MAX && oldest !== undefined) this.#decided.delete(oldest);
    this.#decided.set(folder, format);
    return format;
  }
}
