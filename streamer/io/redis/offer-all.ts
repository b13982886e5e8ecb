/** Tells the shared state of objects that were found. */
import type { OfferAnswer, SharedObject } from '../../ports.ts';
import { piecesOf } from '../remembered.ts';
import { encodeShared, sharedIdOf } from './codec.ts';
import { textsOf } from './replies.ts';

const OFFER_ANSWERS = ['queued', 'under-way', 'complete', 'full'] as const;

/** One answer for each object, in order. `ask`: runs the script OFFER on these. */
export async function offerAll(
  objects: readonly SharedObject[],
  ask: (args: readonly (string | number)[]) => Promise<unknown>,
): Promise<readonly OfferAnswer[]> {
  const answers: OfferAnswer[] = [];
  for (const piece of piecesOf(objects)) {
    const args = piece.flatMap((shared) => [
      sharedIdOf(shared.object),
      shared.rankMs,
      shared.wanted?.seq ?? '',
      shared.wanted?.kind ?? '',
      encodeShared(shared),
    ]);
    for (const text of textsOf(await ask(args)))
      answers.push(OFFER_ANSWERS.find((answer) => answer === text) ?? 'full');
  }
  return answers;
}
