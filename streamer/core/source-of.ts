/** Which of the configured sources an object belongs to. */
import type { ObjectRef } from '../ports.ts';

/** Null when it belongs to none. */
export function sourceOf(
  sources: readonly { readonly bucket: string; readonly prefix: string }[],
  { bucket, key }: Pick<ObjectRef, 'bucket' | 'key'>,
): number | null {
  const index = sources.findIndex((source) => source.bucket === bucket && key.startsWith(source.prefix));
  return index === -1 ? null : index;
}
