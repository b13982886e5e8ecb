/** Real bodies of a load, cut as a streamer cuts them: whole lines up to a size, of one object where it is large enough. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { endLineWithin, lineOffset } from '../ledger/line-table.ts';
import type { Load } from '../load/manifest.ts';
import { HarnessError } from '../process/errors.ts';

const inflate = promisify(gunzip);

export async function readBodies(load: Load, count: number, bodyBytesMax: number): Promise<readonly Buffer[]> {
  const bodies: Buffer[] = [];
  let joined: Buffer[] = [];
  let joinedBytes = 0;
  for (const object of load.manifest.objects) {
    if (bodies.length >= count) return bodies;
    if (object.rawBytes !== object.deliveredBytes) {
      throw new HarnessError(
        'usage',
        `The load at ${load.dir} is dirty: its lines cannot be sent as they are stored. Take a clean load.`,
      );
    }
    const delivered = await inflate(await load.readBody(object.index));
    if (delivered.length < bodyBytesMax) {
      if (joinedBytes + delivered.length > bodyBytesMax) {
        bodies.push(Buffer.concat(joined));
        joined = [];
        joinedBytes = 0;
      }
      joined.push(delivered);
      joinedBytes += delivered.length;
      continue;
    }
    const table = load.readTable(object.index);
    let first = 0;
    while (first < table.lines && bodies.length < count) {
      const end = endLineWithin(table, first, bodyBytesMax);
      bodies.push(delivered.subarray(lineOffset(table, first), lineOffset(table, end)));
      first = end;
    }
  }
  return joinedBytes > 0 && bodies.length < count ? [...bodies, Buffer.concat(joined)] : bodies;
}
