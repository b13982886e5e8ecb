/** The open requests for objects, oldest first. */
import type { WantedObject } from '../../ports.ts';
import { decodeWanted } from './codec.ts';
import type { RedisConnection } from './connection.ts';
import { textsOf } from './replies.ts';

export async function readWanted(
  connection: RedisConnection,
  { afterSeq, objectsMax }: { readonly afterSeq: number; readonly objectsMax: number },
): Promise<readonly WantedObject[]> {
  const wanted = connection.key('wanted');
  const seqs = textsOf(await connection.command('HKEYS', [wanted]))
    .map(Number)
    .filter((seq) => seq > afterSeq)
    .toSorted((left, right) => left - right)
    .slice(0, objectsMax);
  if (seqs.length === 0) return [];
  const texts = textsOf(await connection.command('HMGET', [wanted, ...seqs]));
  // One that is missing was fulfilled just now.
  // What its reading has delivered is told with the claim: what stands there now may be of an earlier request, which set aside what this one is about.
  return texts.flatMap((text, index) => (text === '' ? [] : [{ seq: seqs[index] ?? 0, ...decodeWanted(text) }]));
}
