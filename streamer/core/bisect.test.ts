import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BodyPart, halve } from './bisect.ts';

const record = fc.string({ unit: fc.constantFrom('a', 'b', '{', '\r'), minLength: 1, maxLength: 30 });
const records = fc.array(record, { minLength: 1, maxLength: 20 });

function partOf(lines: readonly string[], firstRecord = 0): BodyPart {
  return { body: Buffer.from(lines.map((line) => `${line}\n`).join('')), firstRecord, records: lines.length };
}

function recordsOf(part: BodyPart): readonly string[] {
  return Buffer.from(part.body).toString().split('\n').slice(0, -1);
}

describe('halve', () => {
  it('gives two halves that hold every record once, in order, and know their place', () => {
    fc.assert(
      fc.property(records, fc.nat(100), (lines, firstRecord) => {
        const halves = halve(partOf(lines, firstRecord));
        if (lines.length === 1) {
          expect(halves).toBeNull();
          return;
        }
        const [left, right] = halves ?? [];
        expect([...recordsOf(left!), ...recordsOf(right!)]).toEqual(lines);
        expect(left!.firstRecord).toBe(firstRecord);
        expect(right!.firstRecord).toBe(firstRecord + left!.records);
        for (const half of [left!, right!]) {
          expect(half.records).toBeGreaterThan(0);
          expect(half.records).toBe(recordsOf(half).length);
        }
      }),
    );
  });

  it('ends at every record alone when it is repeated', () => {
    fc.assert(
      fc.property(records, (lines) => {
        const singles: BodyPart[] = [];
        const stack = [partOf(lines)];
        for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
          const halves = halve(part);
          if (halves === null) singles.push(part);
          else stack.push(...halves);
        }
        const inOrder = singles.toSorted((left, right) => left.firstRecord - right.firstRecord);
        expect(inOrder.flatMap(recordsOf)).toEqual(lines);
        expect(inOrder.map(({ firstRecord }) => firstRecord)).toEqual(lines.map((_, index) => index));
      }),
    );
  });

  it('cuts equal records near the middle, so that the search takes a logarithmic number of steps', () => {
    const [left, right] = halve(partOf(Array.from({ length: 100 }, () => 'same')))!;
    expect(Math.abs(left.records - right.records)).toBeLessThanOrEqual(2);
  });

  it('takes a short last record off a long one', () => {
    const [left, right] = halve(partOf(['x'.repeat(50), 'y']))!;
    expect([recordsOf(left), recordsOf(right)]).toEqual([['x'.repeat(50)], ['y']]);
  });
});
