import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Slots } from './slots.ts';

describe('Slots', () => {
  it('let everybody work, in order, as many at a time as there are slots, whoever fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), { maxLength: 20 }),
        async (count, works) => {
          const slots = new Slots(count);
          const begun: number[] = [];
          let working = 0;
          let workingMax = 0;
          const results = await Promise.allSettled(
            works.map(async ([turns, fails], index) =>
              slots.run(async () => {
                begun.push(index);
                working += 1;
                workingMax = Math.max(workingMax, working);
                for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
                working -= 1;
                if (fails) throw new Error(`work ${index} failed`);
                return index;
              }),
            ),
          );
          expect(begun).toEqual(works.map((_, index) => index));
          expect(workingMax).toBe(Math.min(count, works.length));
          expect(results.map(({ status }) => status)).toEqual(
            works.map(([, fails]) => (fails ? 'rejected' : 'fulfilled')),
          );
        },
      ),
    );
  });
});
