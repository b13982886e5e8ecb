import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeavingQueue } from './leaving-queue.ts';

interface Member {
  readonly rank: number;
  isHere: boolean;
}

const queueOf = (): LeavingQueue<Member> =>
  new LeavingQueue<Member>(
    (left, right) => left.rank - right.rank,
    ({ isHere }) => isHere,
  );

describe('LeavingQueue', () => {
  it('gives the smallest of those who are here, however many have left', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('push' as const), rank: fc.nat(20) }),
      fc.record({ kind: fc.constant('leave' as const), at: fc.nat() }),
      fc.record({ kind: fc.constant('pop' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const queue = queueOf();
        const here: Member[] = [];
        for (const one of steps) {
          if (one.kind === 'push') {
            const member = { rank: one.rank, isHere: true };
            here.push(member);
            queue.push(member);
          } else if (one.kind === 'leave') {
            const [left] = here.splice(one.at % Math.max(1, here.length), 1);
            if (left !== undefined) left.isHere = false;
          } else {
            const first = queue.pop();
            if (first !== undefined) here.splice(here.indexOf(first), 1);
          }
          const smallest = here.length === 0 ? undefined : Math.min(...here.map(({ rank }) => rank));
          expect(queue.peek()?.rank).toBe(smallest);
        }
      }),
    );
  });

  it('stays as short as its members are few, behind one that never leaves', () => {
    const queue = queueOf();
    queue.push({ rank: 0, isHere: true });
    for (let rank = 1; rank <= 100_000; rank += 1) {
      const member = { rank, isHere: true };
      queue.push(member);
      member.isHere = false;
    }
    expect(queue.length).toBeLessThan(200);
  });
});
