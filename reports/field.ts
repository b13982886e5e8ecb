/** Reading a field of a result by its dotted path. */

/** Null where the field is null, absent, or no number: paths may come from a file, where the compiler checks none. */
export function readNumber(document: object, path: string): number | null {
  let value: unknown = document;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return null;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
