import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineTable } from '#simulator';
import { linesNotDurable, settledLines } from './duplicate-bound.ts';

/** A table of lines of these lengths (newline included); the CRCs play no part here. */
function tableOf(lengths: readonly number[]): LineTable {
  const entries = new Uint32Array((lengths.length + 1) * 2);
  let offset = 0;
  for (const [line, length] of lengths.entries()) {
    offset += length;
    entries[2 * (line + 1)] = offset;
  }
  return { lines: lengths.length, entries };
}

const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 });

describe('settledLines', () => {
  it('counts the lines that lie wholly inside a range, wherever the range is cut', () => {
    fc.assert(
      fc.property(lengths, fc.nat(400), fc.nat(400), (lineLengths, a, b) => {
        const table = tableOf(lineLengths);
        const range = { start: Math.min(a, b), end: Math.max(a, b) };
        const offsets = Array.from({ length: table.lines + 1 }, (_, line) => table.entries[2 * line] ?? 0);
        const inside = lineLengths.filter(
          (length, line) => (offsets[line] ?? 0) >= range.start && (offsets[line] ?? 0) + length <= range.end,
        );
        expect(settledLines({ kind: 'partial', settled: [range] }, table)).toBe(inside.length);
      }),
    );
  });

  it('takes the word of a complete object for all its lines, and of an unknown one for none', () => {
    expect(settledLines({ kind: 'complete' }, tableOf([3, 4]))).toBe(2);
    expect(settledLines({ kind: 'unknown' }, tableOf([3, 4]))).toBe(0);
  });
});

describe('linesNotDurable', () => {
  it('adds up what the sink has and the state does not, over all objects', () => {
    const table = tableOf([10, 10, 10, 10]);
    const objects = [
      { index: 0, deliveredLines: 4 },
      { index: 1, deliveredLines: 3 },
      { index: 2, deliveredLines: 2 },
    ];
    const durable = new Map([
      [0, { kind: 'complete' as const }],
      [1, { kind: 'partial' as const, settled: [{ start: 0, end: 10 }] }],
    ]);
    expect(linesNotDurable(objects, durable, () => table)).toBe(0 + 2 + 2);
  });
});
