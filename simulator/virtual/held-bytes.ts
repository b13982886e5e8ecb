/**
 * What an instance must be holding in memory, judged from outside: bytes that S3 gave it and that no endpoint has acknowledged. It may hold more
 * (stored bytes, settled lines of the same object), never less: so it must not exceed `memory.limit` whatever the streamer's own account says. It is
 * asked of one thing only: when a reading ends without the rest of its lines, which are read again later.
 */
import type { ObjectRef } from '#streamer';
import type { Version } from './truth.ts';

export class HeldBytes {
  readonly #readings = new Map<Version, { readonly share: number; readonly isOurs: () => boolean }>();

  /** So much of the object, from 0 to 1, is in the streamer's hands. A later reading begins anew. `isOurs`: false once others may have the object. */
  read(version: Version, share: number, isOurs: () => boolean): void {
    this.#readings.set(version, { share, isOurs });
  }

  /** Its reading ended: what is not acknowledged of it is read again before it is sent. */
  end({ bucket, key }: ObjectRef): void {
    for (const version of this.#readings.keys())
      if (version.bucket === bucket && version.key === key) this.#readings.delete(version);
  }

  /** Now. */
  count(): number {
    let bytes = 0;
    for (const [version, { share, isOurs }] of this.#readings) {
      if (version.openBytes === 0 || version.isGone || !isOurs()) {
        this.#readings.delete(version);
        continue;
      }
      // Lines are acknowledged from the front, more or less: what is still to be read is open too.
      bytes += Math.max(0, version.openBytes - (1 - share) * version.content.rawBytes);
    }
    return bytes;
  }
}
