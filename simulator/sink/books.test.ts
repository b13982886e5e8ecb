import { describe, expect, it } from 'vitest';
import { Books } from './books.ts';

describe('the books of a sink', () => {
  // Without names no batch comes too soon: whoever judges that by the count of those that did must know that some could have.
  it('count the batches that were asked to wait and that can be told again, and those that came too soon', () => {
    const books = new Books(null, 2);
    books.askToWait(0, null, 1_000);
    expect(books.agentCounters(0)).toMatchObject({ askedToWait: 0, tooSoon: 0 });
    books.askToWait(0, 'a', 1_000);
    books.receive(0, 'a', 10);
    books.receive(1, 'a', 10);
    expect(books.agents).toMatchObject([
      { askedToWait: 1, tooSoon: 1 },
      { askedToWait: 0, tooSoon: 0 },
    ]);
  });
});
