/** What the shared state knows of objects: as the streamer asks it, and as the commands do. */
import type { ObjectRecord, ObjectRef } from '../../ports.ts';
import { piecesOf } from '../remembered.ts';
import { decodeRecord, sharedIdOf } from './codec.ts';
import { textsOf } from './replies.ts';

/** One answer for each object, in order. `ask`: runs the script of that name on these ids. */
export async function lookUp(
  objects: readonly ObjectRef[],
  ask: (ids: readonly string[]) => Promise<unknown>,
): Promise<readonly ObjectRecord[]> {
  const records: ObjectRecord[] = [];
  for (const piece of piecesOf(objects)) {
    const answer = await ask(piece.map((object) => sharedIdOf(object)));
    records.push(...textsOf(answer).map((text) => decodeRecord(text)));
  }
  return records;
}
