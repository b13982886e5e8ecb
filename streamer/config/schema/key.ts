/**
 * One key of the configuration: a zod schema that reads the user's text, with facts beside it (description, limits, default) from which the
 * messages, the JSON Schema and the documentation are made, so that each is written down once.
 */
import * as z from 'zod';

/** What a reader made of a text. `wrong` follows the quoted text and never holds it; `cure` may, and is only shown where the text may be. */
type Reading<T> = { readonly value: T } | { readonly wrong: string; readonly cure?: string };

/** A kind of values: durations, sizes, choices... */
export interface KeyKind<T> {
  /** As the documentation names it, limits included. */
  readonly label: string;
  /** What the key takes, as a sentence without a user's value in it. */
  readonly wanted: string;
  /** What YAML makes of a value that is not quoted. */
  readonly native: 'string' | 'number' | 'boolean';
  /** JSON Schema of the value. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The allowed values; empty when they cannot be listed. */
  readonly values: readonly string[];
  /** A secret is in no message and no log. */
  readonly isSecret: boolean;
  readonly read: (text: string) => Reading<T>;
}

export interface KeyFacts extends Omit<KeyKind<unknown>, 'read'> {
  readonly about: string;
  /** What an absent key stands for; null when there is no such thing. */
  readonly absence: string | null;
  readonly isRequired: boolean;
  /** Why the key has no effect here; null for every other key. */
  readonly ignoredBecause: string | null;
}

export const keyFacts = z.registry<KeyFacts>();
export const sectionAbout = z.registry<{ readonly about: string }>();

/** What a zod issue of ours carries; a type, not an interface, because zod wants an index signature. */
type ReadingParams = { readonly wrong: string; readonly cure: string | null };

function reader<T>(kind: KeyKind<T>): (text: string, context: z.RefinementCtx) => T {
  return (text, context) => {
    const reading = text === '' ? { wrong: 'is empty' } : kind.read(text);
    if ('value' in reading) return reading.value;
    const params: ReadingParams = { wrong: reading.wrong, cure: reading.cure ?? null };
    context.issues.push({ code: 'custom', message: reading.wrong, input: text, params });
    return z.NEVER;
  };
}

function register<S extends z.ZodType>(
  key: S,
  kind: KeyKind<unknown>,
  rest: Pick<KeyFacts, 'about' | 'absence' | 'isRequired'>,
): S {
  const { read: _, ...facts } = kind;
  keyFacts.add(key, { ...facts, ...rest, ignoredBecause: null });
  return key;
}

/** A key with a default, written as the user would write it. */
export function defaulted<T>(kind: KeyKind<T>, absence: string, about: string) {
  const key = z.string().transform(reader(kind)).prefault(absence);
  const native = kind.native === 'number' && /^\d+$/.test(absence) ? Number(absence) : absence;
  const json = { ...kind.json, default: kind.native === 'boolean' ? absence === 'true' : native };
  return register(key, { ...kind, json }, { about, absence, isRequired: false });
}

/** A key that may be absent or empty, and is null then. `absence` tells users what that means. */
export function optional<T>(kind: KeyKind<T>, about: string, absence: string | null = null) {
  const read = reader(kind);
  const key = z
    .string()
    .optional()
    .transform((text, context) => (text === undefined || text === '' ? null : read(text, context)));
  return register(key, kind, { about, absence, isRequired: false });
}

export function required<T>(kind: KeyKind<T>, about: string) {
  return register(z.string().transform(reader(kind)), kind, { about, absence: null, isRequired: true });
}

/** A key of the original that has no meaning here: accepted whatever it holds, with a note. */
export function ignored(about: string, because: string) {
  const key = z.unknown().optional();
  keyFacts.add(key, {
    label: 'ignored',
    wanted: '',
    native: 'string',
    json: {},
    values: [],
    isSecret: false,
    about,
    absence: null,
    isRequired: false,
    ignoredBecause: because,
  });
  return key;
}
