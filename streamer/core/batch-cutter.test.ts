import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchCutter, type CutBatch, type CutLimits, type LongLine } from './batch-cutter.ts';
import { type Range, subtractRanges, unionRanges } from './ranges.ts';
import type { RecordRule } from './record-rule.ts';

const ZSCALER: RecordRule = { dropsArrayPunctuation: true, headerLines: 0 };
const PLAIN: RecordRule = { dropsArrayPunctuation: false, headerLines: 0 };
const CSV: RecordRule = { dropsArrayPunctuation: false, headerLines: 2 };
const ROOMY: CutLimits = { linesMax: 1000, bytesMax: 1_000_000, lineBytesMax: 10_000, longLines: 'quarantine' };

// The specification in slow words: text and arrays instead of bytes and counters. latin1 keeps one character a byte.

/** A line, or a piece of a split one. */
interface Line {
  readonly range: Range;
  readonly record: string | null;
  readonly ordinal: number;
  /** At the last piece of a line over the limit. */
  readonly longLine: LongLine | null;
}

function specifiedRecord(line: string, index: number, rule: RecordRule): string | null {
  const text = line.replace(/\r$/, '');
  if (text === '' || index < rule.headerLines) return null;
  if (!rule.dropsArrayPunctuation) return text;
  if (/^[ \t\r]*[[\],]?[ \t\r]*$/.test(text)) return null;
  return text.replace(/^[ \t\r]*,/, '');
}

function specifiedLines(content: string, rule: RecordRule, limits: CutLimits): readonly Line[] {
  let start = 0;
  return (content.match(/[^\n]*\n|[^\n]+$/g) ?? []).flatMap((raw, ordinal): readonly Line[] => {
    const text = raw.replace(/\n$/, '');
    const range = { start, end: start + raw.length };
    start = range.end;
    if (text.length <= limits.lineBytesMax) {
      return [{ range, record: specifiedRecord(text, ordinal, rule), ordinal, longLine: null }];
    }
    const longLine = { range, line: ordinal };
    const beginning = specifiedRecord(text.slice(0, limits.lineBytesMax), ordinal, rule);
    switch (limits.longLines) {
      case 'quarantine':
        return [{ range, record: null, ordinal, longLine }];
      case 'truncate':
        return [{ range, record: beginning, ordinal, longLine }];
      case 'split':
        return specifiedPieces(text, longLine, rule, limits.lineBytesMax);
    }
  });
}

function specifiedPieces(text: string, longLine: LongLine, rule: RecordRule, bytesMax: number): readonly Line[] {
  const { range, line: ordinal } = longLine;
  const count = Math.ceil(text.length / bytesMax);
  return Array.from({ length: count }, (_, index) => {
    const isLast = index === count - 1;
    const piece = text.slice(index * bytesMax, (index + 1) * bytesMax);
    const unstrayed = index === 0 && rule.dropsArrayPunctuation ? piece.replace(/^[ \t\r]*,/, '') : piece;
    const record = isLast ? unstrayed.replace(/\r$/, '') : unstrayed;
    const start = range.start + index * bytesMax;
    return {
      range: { start, end: isLast ? range.end : start + bytesMax },
      record: ordinal < rule.headerLines || record === '' ? null : record,
      ordinal,
      longLine: isLast ? longLine : null,
    };
  });
}

/** Where a batch must end even if nothing is settled or flushed: a record that does not fit begins the next cell. */
function specifiedCells(lines: readonly Line[], limits: CutLimits): readonly Range[] {
  const cells: { start: number; end: number }[] = [];
  let cell = { start: 0, end: 0 };
  let records = 0;
  let bytes = 0;
  for (const { range, record } of lines) {
    if (record !== null) {
      const isFull = records === limits.linesMax || bytes + record.length + 1 > limits.bytesMax;
      if (records > 0 && isFull) {
        cells.push(cell);
        cell = { start: range.start, end: range.start };
        records = 0;
        bytes = 0;
      }
      records += 1;
      bytes += record.length + 1;
    }
    cell.end = range.end;
  }
  if (cell.end > cell.start) cells.push(cell);
  return cells;
}

/** Bytes in buffers that something still refers to. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

function bodyOf(batch: CutBatch): string {
  return Buffer.concat(batch.parts).toString('latin1');
}

/** Pushes the content cut at these places, flushing after the pieces whose number is listed. */
function cut(options: {
  readonly content: string;
  readonly cuts?: readonly number[];
  readonly rule: RecordRule;
  readonly limits: CutLimits;
  readonly settled?: readonly Range[];
  readonly flushAfter?: ReadonlySet<number>;
}): readonly CutBatch[] {
  const bytes = Buffer.from(options.content, 'latin1');
  const cutter = new BatchCutter(options.rule, options.limits, options.settled ?? []);
  const batches: CutBatch[] = [];
  const ends = [...(options.cuts ?? []), bytes.length].toSorted((left, right) => left - right);
  let start = 0;
  for (const [index, end] of ends.entries()) {
    batches.push(...cutter.push(bytes.subarray(start, end)));
    start = end;
    if (options.flushAfter?.has(index) === true) batches.push(...cutter.flush());
  }
  batches.push(...cutter.end());
  return batches;
}

const ODD_LINES = [
  '',
  '[',
  ']',
  ',',
  '\r',
  ' ',
  '\t',
  ' [ ',
  ']\r',
  ',\r',
  ',{"a":1}',
  ' \t,{"b":2}\r',
  ',,',
  '],',
  '[]',
  '\r\r',
  'x\r\r',
];
const line = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.string({ unit: fc.constantFrom('a', '{', '}', '"', 'é', ' ', ',', '\r'), maxLength: 12 }),
  },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_LINES) },
);
const content = fc
  .tuple(fc.array(line, { maxLength: 25 }), fc.boolean())
  .map(([lines, endsInNewline]) => lines.join('\n') + (endsInNewline ? '\n' : ''));
const rule = fc.constantFrom(ZSCALER, PLAIN, CSV);
const limits = fc.record({
  linesMax: fc.integer({ min: 1, max: 6 }),
  bytesMax: fc.integer({ min: 1, max: 40 }),
  lineBytesMax: fc.integer({ min: 1, max: 14 }),
  longLines: fc.constantFrom<CutLimits['longLines']>('quarantine', 'split', 'truncate'),
});

const scene = fc.record({ content, rule, limits }).chain(({ content: text, ...rest }) =>
  fc.record({
    content: fc.constant(text),
    rule: fc.constant(rest.rule),
    limits: fc.constant(rest.limits),
    cuts: fc.array(fc.nat(text.length), { maxLength: 12 }),
    /** Lines that an earlier reading settled. */
    settledLines: fc.array(fc.nat(25), { maxLength: 10 }),
    flushAfter: fc.array(fc.nat(12), { maxLength: 5 }).map((indexes) => new Set(indexes)),
  }),
);
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

function settledOf({ content: text, rule: ofRule, limits: ofLimits, settledLines }: Scene): readonly Range[] {
  const lines = specifiedLines(text, ofRule, ofLimits);
  return unionRanges(
    settledLines.flatMap((index) => lines[index]?.range ?? []),
    [],
  );
}

function check(property: (scene: Scene) => void, numRuns = 600): void {
  fc.assert(
    fc.property(scene, (one) => {
      property(one);
    }),
    { numRuns },
  );
}

describe('the bytes that a BatchCutter delivers', () => {
  it('are every record of every unsettled line, once, in order, whatever the chunks, flushes and settled lines', () => {
    check((one) => {
      const settled = settledOf(one);
      const expected = specifiedLines(one.content, one.rule, one.limits)
        .filter(({ range, record }) => record !== null && subtractRanges(range, settled).length > 0)
        .map(({ record }) => `${record}\n`);
      const delivered = cut({ ...one, settled }).map(bodyOf);
      expect(delivered.join('')).toBe(expected.join(''));
    }, 2000);
  });

  it('are described truly: range, first line, lines, bytes and long lines of each batch', () => {
    check((one) => {
      const lines = specifiedLines(one.content, one.rule, one.limits);
      for (const batch of cut({ ...one, settled: settledOf(one) })) {
        const first = lines.find(({ range }) => range.start === batch.range.start)?.ordinal;
        const inside = lines.filter(({ range }) => range.start >= batch.range.start && range.end <= batch.range.end);
        expect(batch.firstLine).toBe(first);
        expect(inside.at(-1)?.range.end).toBe(batch.range.end);
        expect(batch.lines).toBe(inside.filter(({ record }) => record !== null).length);
        expect(bodyOf(batch)).toBe(inside.map(({ record }) => (record === null ? '' : `${record}\n`)).join(''));
        expect(batch.bodyBytes).toBe(bodyOf(batch).length);
        if (batch.isVerbatim) expect(bodyOf(batch)).toBe(one.content.slice(batch.range.start, batch.range.end));
        expect(batch.longLines).toEqual(inside.flatMap(({ longLine }) => longLine ?? []));
      }
    });
  });

  it('stay within the limits of lines and bytes; only a line that is longer by itself goes alone beyond them', () => {
    check((one) => {
      for (const batch of cut({ ...one, settled: settledOf(one) })) {
        expect(batch.lines).toBeLessThanOrEqual(one.limits.linesMax);
        if (batch.lines > 1) expect(batch.bodyBytes).toBeLessThanOrEqual(one.limits.bytesMax);
      }
    });
  });
});

describe('the ranges that a BatchCutter cuts', () => {
  it('tile the object together with what was settled: no byte is skipped, none stands in two batches', () => {
    check((one) => {
      const settled = settledOf(one);
      const ranges = cut({ ...one, settled }).map(({ range }) => range);
      let end = 0;
      for (const range of ranges) {
        expect(range.start).toBeGreaterThanOrEqual(end);
        expect(range.end).toBeGreaterThan(range.start);
        expect(subtractRanges(range, settled)).toEqual([range]);
        end = range.end;
      }
      const whole = { start: 0, end: one.content.length };
      expect(subtractRanges(whole, unionRanges(ranges, settled))).toEqual([]);
      expect(end).toBeLessThanOrEqual(whole.end);
    });
  });

  it('leave nothing out, wherever what was settled begins and ends: under other limits lines were cut elsewhere', () => {
    const places = fc.array(fc.tuple(fc.nat(120), fc.nat(120)), { maxLength: 6 });
    fc.assert(
      fc.property(scene, places, (one, pairs) => {
        const settled = unionRanges(
          pairs.flatMap(([start, bytes]) => {
            const end = Math.min(start + bytes, one.content.length);
            return end > start ? [{ start, end }] : [];
          }),
          [],
        );
        const ranges = cut({ ...one, settled }).map(({ range }) => range);
        expect(subtractRanges({ start: 0, end: one.content.length }, unionRanges(ranges, settled))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('follow from the lines and limits alone, whatever the chunks; settled lines only take pieces out of the cells', () => {
    check((one) => {
      const settled = settledOf(one);
      const cells = specifiedCells(specifiedLines(one.content, one.rule, one.limits), one.limits);
      const batches = cut({ ...one, settled, flushAfter: new Set() });
      expect(batches.map(({ range }) => range)).toEqual(cells.flatMap((cell) => subtractRanges(cell, settled)));
    }, 2000);
  });

  it('are cut further by an early flush, but never in other places', () => {
    check((one) => {
      const settled = settledOf(one);
      const unflushed = cut({ ...one, settled, flushAfter: new Set() }).map(({ range }) => range);
      const flushed = cut({ ...one, settled }).map(({ range }) => range);
      const ends = new Set(flushed.map(({ end }) => end));
      for (const { end } of unflushed) expect(ends).toContain(end);
      for (const piece of flushed) {
        expect(unflushed.filter((cell) => cell.start <= piece.start && piece.end <= cell.end)).toHaveLength(1);
      }
    });
  });

  it('are the same when an interrupted reading is taken up again, whatever part of its batches was acknowledged', () => {
    fc.assert(
      fc.property(scene, fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }), (one, fates) => {
        const first = cut(one);
        const acknowledged = first.filter((_, index) => fates[index]);
        const second = cut({
          ...one,
          settled: unionRanges(
            acknowledged.map(({ range }) => range),
            [],
          ),
          flushAfter: new Set(),
        });
        const inOrder = [...acknowledged, ...second].toSorted((left, right) => left.range.start - right.range.start);
        const all = cut({ ...one, flushAfter: new Set() });
        expect(inOrder.map(bodyOf).join('')).toBe(all.map(bodyOf).join(''));
        const ends = new Set(inOrder.map(({ range }) => range.end));
        for (const { range } of all) expect(ends).toContain(range.end);
      }),
      { numRuns: 600 },
    );
  });
});

describe('a BatchCutter on clean content', () => {
  // A plain Uint8Array: a Buffer's `slice` would hide a copy, because it is a view too.
  const clean = new TextEncoder().encode(
    Array.from({ length: 100 }, (_, index) => `{"sourcetype":"zscalernss-web","n":${index}}\n`).join(''),
  );

  it('gives one view of the chunk a batch, and copies nothing', () => {
    const cutter = new BatchCutter(ZSCALER, { ...ROOMY, linesMax: 30 }, []);
    const batches = [...cutter.push(clean), ...cutter.end()];
    expect(batches.map(({ lines }) => lines)).toEqual([30, 30, 30, 10]);
    for (const { parts, range, isVerbatim } of batches) {
      expect(isVerbatim).toBe(true);
      expect(parts).toHaveLength(1);
      expect(parts[0]?.buffer).toBe(clean.buffer);
      expect(parts[0]?.byteOffset).toBe(clean.byteOffset + range.start);
      expect(parts[0]?.byteLength).toBe(range.end - range.start);
    }
  });

  it('copies only the line that crosses two chunks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: clean.length - 1 }), (at) => {
        const first = clean.slice(0, at);
        const second = clean.slice(at);
        const cutter = new BatchCutter(ZSCALER, ROOMY, []);
        const batches = [...cutter.push(first), ...cutter.push(second), ...cutter.end()];
        const foreign = batches
          .flatMap(({ parts }) => parts)
          .filter(({ buffer, length }) => buffer !== first.buffer && buffer !== second.buffer && length > 1);
        const crossing =
          clean.lastIndexOf(10, at - 1) + 1 === at ? 0 : clean.indexOf(10, at) - clean.lastIndexOf(10, at - 1) - 1;
        expect(foreign.reduce((bytes, { length }) => bytes + length, 0)).toBe(crossing);
      }),
    );
  });

  it('passes the rest of the chunk on as one view after a settled or odd line', () => {
    const text = '{"a":1}\n{"a":2}\n[\n{"a":3}\n{"a":4}\n';
    const bytes = Buffer.from(text);
    const [batch] = [...new BatchCutter(ZSCALER, ROOMY, []).push(bytes)];
    expect(batch).toBeUndefined();
    const cutter = new BatchCutter(ZSCALER, ROOMY, [{ start: 0, end: 8 }]);
    const batches = [...cutter.push(bytes), ...cutter.end()];
    expect(batches.flatMap(({ parts }) => parts.map((part) => Buffer.from(part).toString()))).toEqual([
      '{"a":2}\n',
      '{"a":3}\n{"a":4}\n',
    ]);
  });
});

describe('a line longer than lineBytesMax', () => {
  const tight: CutLimits = { ...ROOMY, lineBytesMax: 10 };

  it('is set aside with its range and ordinal, and delivers its neighbours', () => {
    const [batch] = cut({ content: `ok\n${'x'.repeat(11)}\nok too\n`, rule: PLAIN, limits: tight });
    expect(batch?.longLines).toEqual([{ range: { start: 3, end: 15 }, line: 1 }]);
    expect(bodyOf(batch!)).toBe('ok\nok too\n');
  });

  it('is delivered at exactly the limit, newline not counted, in one chunk or many', () => {
    const text = `${'x'.repeat(10)}\n`;
    for (const cuts of [[], [5], [10], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]) {
      expect(cut({ content: text, cuts, rule: PLAIN, limits: tight }).map(bodyOf)).toEqual([text]);
    }
  });

  it('is not held in memory while it arrives, however long it is', async () => {
    const cutter = new BatchCutter(PLAIN, tight, []);
    const heldBefore = heldBytes();
    for (let index = 0; index < 64; index += 1) expect(cutter.push(new Uint8Array(1_000_000).fill(120))).toEqual([]);
    // What is garbage is given back by a thread of its own, some time after the collection.
    await expect.poll(() => heldBytes() - heldBefore, { timeout: 10_000 }).toBeLessThan(8_000_000);
    expect(cutter.push(Buffer.from('\nshort\n'))).toEqual([]);
    const [batch] = cutter.end();
    expect(batch?.longLines).toEqual([{ range: { start: 0, end: 64_000_001 }, line: 0 }]);
    expect(bodyOf(batch!)).toBe('short\n');
  });
});

describe('an object', () => {
  it('without a byte gives no batch', () => {
    expect(cut({ content: '', rule: ZSCALER, limits: ROOMY })).toEqual([]);
  });

  it('of nothing but punctuation gives one batch without lines, so that its range can be settled', () => {
    expect(cut({ content: '[\n\n]\n', rule: ZSCALER, limits: ROOMY })).toMatchObject([
      { range: { start: 0, end: 5 }, lines: 0, bodyBytes: 0, parts: [] },
    ]);
  });

  it('delivers a line again, whole, of which only some pieces were settled', () => {
    // Split under a lower `max_line_bytes`, then killed: the rest of the line was left out, and the object never ended.
    const settled = [{ start: 3, end: 7 }];
    const batches = cut({ content: 'a\n\nbcdefgh\ni\n', rule: PLAIN, limits: ROOMY, settled });
    expect(batches.map(bodyOf).join('')).toBe('a\nbcdefgh\ni\n');
  });

  it('without a last newline delivers its last line with one', () => {
    expect(cut({ content: '{"a":1}\n{"a":2}', rule: ZSCALER, limits: ROOMY }).map(bodyOf)).toEqual([
      '{"a":1}\n{"a":2}\n',
    ]);
  });

  it('says whether lines wait for their batch to close', () => {
    const cutter = new BatchCutter(ZSCALER, ROOMY, []);
    expect(cutter.isOpen).toBe(false);
    cutter.push(Buffer.from('[\n{"half'));
    expect(cutter.isOpen).toBe(false);
    cutter.push(Buffer.from('":1}\n'));
    expect(cutter.isOpen).toBe(true);
    cutter.flush();
    expect(cutter.isOpen).toBe(false);
  });
});
