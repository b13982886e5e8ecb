/** Names a POST by what it holds, so that a receiver can recognise a repetition: the same object and range give the same key, on any instance. */
import type { ObjectRef } from '../ports.ts';
import type { Range } from './ranges.ts';

/** FNV-1a, 32 bits, over UTF-16 units: enough to tell keys apart that share an ETag. */
function hash32(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** `<etag>-<hash of bucket and key>`: names the object in logs, and begins the name of each of its POSTs. */
export function objectIdOf(object: ObjectRef): string {
  return `${object.etag.replaceAll(/[^\w-]/g, '')}-${hash32(`${object.bucket}/${object.key}`)}`;
}

/** `<object id>-<start>-<end>`; for several whole objects, one hash over all of theirs. */
export function idempotencyKey(members: readonly { readonly object: ObjectRef; readonly range: Range }[]): string {
  const keys = members.map(({ object, range }) => `${objectIdOf(object)}-${range.start}-${range.end}`);
  const [first] = keys;
  if (first !== undefined && keys.length === 1) return first;
  const all = keys.join();
  // The second hash begins elsewhere: if it only went on from the first, what is equal in one would be equal in both.
  return `joined-${keys.length}-${hash32(all)}${hash32(`.${all}`)}`;
}
