/** Content that was made to fill disks, not to be read. */
import { StreamerError } from './errors.ts';
import type { ObjectFlight } from './object-flight.ts';

/** A smaller content is harmless, however well it was compressed. */
const BOMB_RAW_BYTES_MIN = 256 * 1024 * 1024;
const BOMB_RATIO_MIN = 500;

/** Logs inflate 5 to 50 times; what goes on for ever near the format's maximum of 1,032 is no log. Throws `GZIP_BOMB`. */
export function refuseBomb({ rawBytes, task }: ObjectFlight): void {
  const { sizeBytes } = task.object;
  if (rawBytes < BOMB_RAW_BYTES_MIN || rawBytes < sizeBytes * BOMB_RATIO_MIN) return;
  throw new StreamerError(
    'GZIP_BOMB',
    `${sizeBytes} stored bytes gave more than ${rawBytes}, ${BOMB_RATIO_MIN} times as many`,
  );
}
