/** Two things that are compared, next to each other in time. Counted from 1: A B, B A, A B... What drifts while pairs are run hits both alike. */
export async function alternate<A, B>(
  pair: number,
  first: () => Promise<A>,
  second: () => Promise<B>,
): Promise<readonly [A, B]> {
  if (pair % 2 === 1) return [await first(), await second()];
  const secondResult = await second();
  return [await first(), secondResult];
}
