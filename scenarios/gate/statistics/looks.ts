/**
 * How much of the permitted error each look at the growing data may use. Looking again and again with 5 % each time would find something in the end;
 * so the 5 % are spent in parts (the spending function of Lan and DeMets, Pocock's form), and a look may use its part and no more.
 */

/** Share of the error that may be used up to `share` of the planned pairs. Rises from 0 to 1. */
export function spentShare(share: number): number {
  return Math.log(1 + (Math.E - 1) * Math.min(1, Math.max(0, share)));
}

/**
 * The part of this look: `pairs` now, `pairsBefore` at the look before it (0: none). The last look, planned or at the end of the time, gets all that is
 * left: the clock that ends it knows nothing of the figures.
 */
export function lookShare(look: {
  readonly pairs: number;
  readonly pairsBefore: number;
  readonly pairsMax: number;
  readonly isLast: boolean;
}): number {
  const upTo = look.isLast ? 1 : spentShare(look.pairs / look.pairsMax);
  return upTo - spentShare(look.pairsBefore / look.pairsMax);
}
