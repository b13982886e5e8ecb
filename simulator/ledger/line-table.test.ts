import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endLineWithin, isRun, lineOffset } from './line-table.ts';
import { memoryBody, memoryLine, memoryLoad } from './memory-load.ts';

const lines = fc.array(fc.nat(30), { minLength: 1, maxLength: 30 });

function loadOf(lengths: readonly number[]) {
  const load = memoryLoad([lengths.map((length, line) => memoryLine(0, line, 'x'.repeat(length)))]);
  return { load, table: load.readTable(0) };
}

describe('line table', () => {
  it('finds the longest run that fits', () => {
    fc.assert(
      fc.property(lines, fc.nat(), fc.nat(2_000), (lengths, pick, bytes) => {
        const { table } = loadOf(lengths);
        const first = pick % lengths.length;
        const end = endLineWithin(table, first, bytes);
        expect(lineOffset(table, end) - lineOffset(table, first)).toBeLessThanOrEqual(bytes);
        const oneMore =
          end < table.lines ? lineOffset(table, end + 1) - lineOffset(table, first) : Number.POSITIVE_INFINITY;
        expect(oneMore).toBeGreaterThan(bytes);
      }),
    );
  });

  it('accepts a run with or without its last newline, and with no byte altered', () => {
    fc.assert(
      fc.property(lines, fc.nat(), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (lengths, a, b, at, flip) => {
        const { load, table } = loadOf(lengths);
        const first = a % lengths.length;
        const end = first + 1 + (b % (lengths.length - first));
        const body = memoryBody(load, 0, first, end);
        expect(isRun(table, first, end, body, 0, body.length)).toBe(true);
        expect(isRun(table, first, end, body, 0, body.length - 1)).toBe(true);
        expect(isRun(table, first, end, body, 0, body.length - 2)).toBe(false);
        const altered = Buffer.from(body);
        const position = at % altered.length;
        altered[position] = (altered[position] ?? 0) ^ flip;
        expect(isRun(table, first, end, altered, 0, altered.length)).toBe(false);
      }),
    );
  });
});
