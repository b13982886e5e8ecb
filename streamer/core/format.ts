/**
 * Formats of log files: which objects are of a format, when their names say they were written, and what becomes of their lines.
 * Invariant: the choice follows from the key and the list of formats alone, never from the order of a map, so every instance and every
 * restart reads an object in the same way.
 */
import { baseName, compileGlob } from './glob.ts';
import { compileGoRegex } from './go-regex.ts';
import type { RecordRule } from './record-rule.ts';
import { compileTimeLayout, parseTime } from './time-layout.ts';

/** A format as data: built in, shipped as a recipe, or the user's own (`processing.log_formats[]`). */
export interface FormatDefinition {
  readonly name: string;
  /** Glob; with a `/` it matches the key below the prefix, without one its base name. */
  readonly filenamePattern: string;
  /** Its first group holds the time; tried on the base name, then on the key below the prefix. */
  readonly timestampRegex: string;
  /** `unix`, `unix_ms` or a Go time layout. */
  readonly timestampFormat: string;
  /** A name without a readable time is not of this format. Otherwise the object's LastModified stands in. */
  readonly isTimestampRequired: boolean;
  readonly contentType: string;
  readonly recordRule: RecordRule;
  readonly origin: 'built-in' | 'recipe' | 'user';
}

interface FormatMatch {
  /** Epoch ms; null when the name tells none: then LastModified stands in. */
  readonly fileTimestampMs: number | null;
}

export interface Format {
  readonly name: string;
  readonly contentType: string;
  readonly recordRule: RecordRule;
  /** Inside one folder, keys in string order are also in the order of their file timestamps: a scan may start at the watermark. */
  readonly isKeyOrderTimeOrder: boolean;
  /** Null when the object is not of this format. */
  match(keyBelowPrefix: string): FormatMatch | null;
}

interface ChosenFormat extends FormatMatch {
  readonly format: Format;
  /** False when no name fitted and the fallback was taken. */
  readonly isByName: boolean;
}

/** Every format that the configuration knows. `choice` is what a source asks for: a format's name, or `auto`. */
export interface CompiledFormats {
  /** Throws when there is no such format: configuration and state only hold names that exist. */
  named(name: string): Format;
  /** Null when the object's name does not fit the chosen format: it is not to be read. With `auto` there is always a format. */
  choose(choice: string, keyBelowPrefix: string): ChosenFormat | null;
  /** With `auto` false: keys of several formats may stand side by side. */
  isKeyOrderTimeOrder(choice: string): boolean;
}

/** The choice that lets the object's name decide. */
export const AUTO = 'auto';

/** Which format reads an object whose name tells nothing. */
const FALLBACK = 'zscaler';

/** The definition must be valid (the configuration checks it): anything else is a fault of the caller. */
export function compileFormat(definition: FormatDefinition): Format {
  const compiled = compileGlob(definition.filenamePattern);
  if (compiled.kind === 'invalid')
    throw new TypeError(`format ${definition.name}: its pattern is no glob: ${compiled.reason}`);
  const { glob } = compiled;
  const regex = compileGoRegex(definition.timestampRegex);
  const readTimestamp = timestampReader(definition.timestampFormat);
  return {
    name: definition.name,
    contentType: definition.contentType,
    recordRule: definition.recordRule,
    isKeyOrderTimeOrder: isKeyOrderTimeOrder(definition),
    match(keyBelowPrefix) {
      if (!glob.matches(keyBelowPrefix)) return null;
      const text = regex.exec(baseName(keyBelowPrefix))?.[1] ?? regex.exec(keyBelowPrefix)?.[1];
      const fileTimestampMs = text === undefined ? null : readTimestamp(text);
      return fileTimestampMs === null && definition.isTimestampRequired ? null : { fileTimestampMs };
    },
  };
}

/** Years 1970 to 9999: what lies outside is no time but a number that looks like one. */
const TIMESTAMP_MAX_MS = Date.UTC(10_000, 0);

function timestampReader(format: string): (text: string) => number | null {
  const read = unboundedReader(format);
  return (text) => {
    const timestampMs = read(text);
    return timestampMs !== null && timestampMs >= 0 && timestampMs < TIMESTAMP_MAX_MS ? timestampMs : null;
  };
}

function unboundedReader(format: string): (text: string) => number | null {
  if (format === 'unix') return (text) => (/^\d+$/.test(text) ? Number(text) * 1000 : null);
  if (format === 'unix_ms') return (text) => (/^\d+$/.test(text) ? Number(text) : null);
  const layout = compileTimeLayout(format);
  return (text) => parseTime(layout, text);
}

/** Only where the time leads the base name, and its text sorts as time does. (Unix seconds have ten digits from 2001 to 2286.) */
function isKeyOrderTimeOrder({ timestampRegex, timestampFormat }: FormatDefinition): boolean {
  if (!timestampRegex.startsWith('^(') || timestampRegex.startsWith('^(?')) return false;
  return (
    timestampFormat === 'unix' ||
    timestampFormat === 'unix_ms' ||
    compileTimeLayout(timestampFormat).isTextOrderTimeOrder
  );
}

/**
 * With `auto` the most specific pattern that fits wins; among equals the user's own before a shipped one, then one that finds a time in the
 * name, then the one defined first. What nothing fits is read as zscaler.
 */
export function compileFormats(definitions: readonly FormatDefinition[]): CompiledFormats {
  const byName = new Map(definitions.map((definition) => [definition.name, compileFormat(definition)]));
  const named = (name: string): Format => {
    const format = byName.get(name);
    if (format === undefined) throw new TypeError(`there is no format ${name}`);
    return format;
  };
  const ranks = rank(definitions).map((tied) => tied.map((definition) => named(definition.name)));
  const chooseByName = (keyBelowPrefix: string): ChosenFormat => {
    for (const tied of ranks) {
      const chosen = chooseAmongEquals(tied, keyBelowPrefix);
      if (chosen !== null) return chosen;
    }
    return { format: named(FALLBACK), fileTimestampMs: null, isByName: false };
  };
  return {
    named,
    choose(choice, keyBelowPrefix) {
      if (choice === AUTO) return chooseByName(keyBelowPrefix);
      return chooseAmongEquals([named(choice)], keyBelowPrefix);
    },
    isKeyOrderTimeOrder: (choice) => choice !== AUTO && named(choice).isKeyOrderTimeOrder,
  };
}

/** Groups of equally specific definitions, the most specific group first; inside a group in the order of definition. */
function rank(definitions: readonly FormatDefinition[]): readonly (readonly FormatDefinition[])[] {
  const groups = new Map<number, FormatDefinition[]>();
  for (const definition of definitions) {
    const compiled = compileGlob(definition.filenamePattern);
    const weight = compiled.kind === 'glob' ? compiled.glob.weight : 0;
    const rankNumber = weight * 2 + (definition.origin === 'user' ? 1 : 0);
    const group = groups.get(rankNumber);
    if (group === undefined) groups.set(rankNumber, [definition]);
    else group.push(definition);
  }
  return [...groups].toSorted(([left], [right]) => right - left).map(([, group]) => group);
}

function chooseAmongEquals(formats: readonly Format[], keyBelowPrefix: string): ChosenFormat | null {
  let first: ChosenFormat | null = null;
  for (const format of formats) {
    const match = format.match(keyBelowPrefix);
    if (match === null) continue;
    const chosen = { format, fileTimestampMs: match.fileTimestampMs, isByName: true };
    if (match.fileTimestampMs !== null) return chosen;
    first ??= chosen;
  }
  return first;
}
