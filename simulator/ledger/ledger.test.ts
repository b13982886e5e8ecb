import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ledger } from './ledger.ts';
import { memoryBody, memoryLine, memoryLoad, plainMemoryLoad, type MemoryLoad } from './memory-load.ts';
import { problemsListedMax } from './problems.ts';

const arrival = { agent: 0, atMs: 1 };
const splits = { splitsLines: true };

function read(ledger: Ledger, body: Buffer, chunkBytes: number = body.length, options = splits) {
  const reader = ledger.openBody(options);
  for (let start = 0; start < body.length; start += Math.max(1, chunkBytes)) {
    reader.push(body.subarray(start, start + Math.max(1, chunkBytes)));
  }
  return reader.finish();
}

/** Stores and acknowledges. */
function deliver(ledger: Ledger, body: Buffer, chunkBytes?: number) {
  const verdict = read(ledger, body, chunkBytes);
  ledger.acknowledge(ledger.store(verdict, arrival), arrival.atMs);
  return verdict;
}

/** The specification in ten slow lines: what a list of bodies delivers of a load. */
function specify(load: MemoryLoad, bodies: readonly Buffer[]) {
  const known = new Map<string, string>();
  for (const [index, lines] of load.objects.entries()) {
    for (const [line, bytes] of lines.entries()) known.set(bytes.toString('latin1'), `${index}:${line}`);
  }
  const seen = new Set<string>();
  const sum = { deliveredLines: 0, duplicateLines: 0, corruptLines: 0, unexpectedLines: 0 };
  for (const text of bodies.flatMap((body) => linesOf(body.toString('latin1')))) {
    const exact = known.get(text);
    const named = /"recordid":"(\d{9})(\d{9})/.exec(text);
    if (exact !== undefined) {
      if (seen.has(exact)) sum.duplicateLines += 1;
      else sum.deliveredLines += 1;
      seen.add(exact);
    } else if (named !== null && Number(named[2]) < (load.objects[Number(named[1])]?.length ?? 0))
      sum.corruptLines += 1;
    else sum.unexpectedLines += 1;
  }
  return { sum, seen };
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

const smallLoad = fc
  .array(fc.array(fc.nat(40), { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 5 })
  .map((objects) =>
    memoryLoad(
      objects.map((lengths, index) => lengths.map((length, line) => memoryLine(index, line, 'x'.repeat(length)))),
    ),
  );

/** A piece of a body: some lines of an object, and perhaps something done to their bytes. */
const piece = fc.record({
  object: fc.nat(),
  first: fc.nat(),
  count: fc.nat(),
  damage: fc.option(
    fc.record({
      at: fc.nat(),
      how: fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({ kind: fc.constant('flip' as const), mask: fc.integer({ min: 1, max: 255 }) }),
        },
        fc.record({
          kind: fc.constant('insert' as const),
          text: fc.constantFrom('\n', '7', '{"x":1}\n', '\n\n', '\r'),
        }),
        fc.record({ kind: fc.constant('remove' as const), bytes: fc.integer({ min: 1, max: 60 }) }),
      ),
    }),
    { freq: 3 },
  ),
});
type Piece = typeof piece extends fc.Arbitrary<infer T> ? T : never;
const bodyPlan = fc.record({
  pieces: fc.array(piece, { minLength: 1, maxLength: 4 }),
  isUnended: fc.boolean(),
  chunkBytes: fc.integer({ min: 1, max: 200 }),
});

function buildPiece(load: MemoryLoad, { object, first, count, damage }: Piece): Buffer {
  const index = object % load.objects.length;
  const lines = load.objects[index]?.length ?? 0;
  const from = first % lines;
  const bytes = memoryBody(load, index, from, from + 1 + (count % (lines - from)));
  if (damage === null) return bytes;
  const at = damage.at % bytes.length;
  const { how } = damage;
  switch (how.kind) {
    case 'flip': {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ how.mask;
      return altered;
    }
    case 'insert':
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(how.text), bytes.subarray(at)]);
    case 'remove':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + how.bytes)]);
  }
}

describe('Ledger', () => {
  it('reports exactly what was done, whatever was split, repeated, left out, altered, and however it was chunked', () => {
    fc.assert(
      fc.property(smallLoad, fc.array(bodyPlan, { maxLength: 8 }), (load, plans) => {
        const ledger = new Ledger(load);
        const bodies = plans.map(({ pieces, isUnended }) => {
          const body = Buffer.concat(pieces.map((each) => buildPiece(load, each)));
          return isUnended ? body.subarray(0, -1) : body;
        });
        for (const [position, body] of bodies.entries()) deliver(ledger, body, plans[position]?.chunkBytes);

        const { sum, seen } = specify(load, bodies);
        expect(ledger.totals()).toEqual({ ...sum, acknowledgedLines: sum.deliveredLines });
        const everything = ledger.judge([{ firstIndex: 0, lastIndex: load.objects.length - 1 }]);
        const missing = everything.missing.flatMap(({ index, firstLine, lastLine }) =>
          Array.from({ length: lastLine - firstLine + 1 }, (_value, offset) => `${index}:${firstLine + offset}`),
        );
        const all = load.objects.flatMap((lines, index) => lines.map((_bytes, line) => `${index}:${line}`));
        expect(missing).toEqual(all.filter((line) => !seen.has(line)));
        expect(everything.lostLines).toBe(missing.length);
        expect(everything.outsideLines).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('settles every object and follows no line any more when each was delivered once, in any order of batches', () => {
    fc.assert(
      fc.property(smallLoad, fc.infiniteStream(fc.nat()), (load, picks) => {
        const ledger = new Ledger(load);
        const batches = load.objects.flatMap((lines, index) => {
          const cut = 1 + ((picks.next().value ?? 0) % lines.length);
          return [memoryBody(load, index, 0, cut), memoryBody(load, index, cut, lines.length)];
        });
        const order = batches
          .map((body) => ({ body, rank: picks.next().value ?? 0 }))
          .toSorted((a, b) => a.rank - b.rank);
        for (const { body } of order) expect(deliver(ledger, body).isFastPath || body.length === 0).toBe(true);
        expect(ledger.openObjects).toBe(0);
        expect([...ledger.objects()].every((account) => account.settledMs !== null)).toBe(true);
        expect(ledger.judge([{ firstIndex: 0, lastIndex: load.objects.length - 1 }])).toMatchObject({
          lostLines: 0,
          missing: [],
        });
      }),
    );
  });

  it('proves an ordinary body by its rolling CRC alone, with or without the last newline', () => {
    const load = plainMemoryLoad(2, 100);
    const ledger = new Ledger(load);
    expect(deliver(ledger, memoryBody(load, 1, 10, 60), 7)).toMatchObject({ isFastPath: true, lines: 50 });
    expect(deliver(ledger, memoryBody(load, 1, 60, 100).subarray(0, -1))).toMatchObject({
      isFastPath: true,
      lines: 40,
    });
  });

  it('counts a stored line as delivered and, until it is answered 2xx, as lost', () => {
    const load = plainMemoryLoad(1, 10);
    const ledger = new Ledger(load);
    const receipt = ledger.store(read(ledger, memoryBody(load, 0, 2, 5)), arrival);
    expect(ledger.totals()).toMatchObject({ deliveredLines: 3, acknowledgedLines: 0 });
    expect(ledger.judge([{ firstIndex: 0, lastIndex: 0 }])).toMatchObject({
      expectedLines: 10,
      lostLines: 10,
      lostButStoredLines: 3,
      missing: [
        { index: 0, firstLine: 0, lastLine: 1, isStored: false },
        { index: 0, firstLine: 2, lastLine: 4, isStored: true },
        { index: 0, firstLine: 5, lastLine: 9, isStored: false },
      ],
    });
    ledger.acknowledge(receipt, 5);
    expect(ledger.judge([{ firstIndex: 0, lastIndex: 0 }])).toMatchObject({ lostLines: 7, lostButStoredLines: 0 });
  });

  it('takes the first 2xx and the one for the last missing line as the times of an object', () => {
    const load = plainMemoryLoad(1, 10);
    const ledger = new Ledger(load);
    for (const [first, end, atMs] of [
      [5, 10, 100],
      [0, 3, 200],
      [3, 5, 300],
      [0, 5, 400],
    ] as const) {
      ledger.acknowledge(ledger.store(read(ledger, memoryBody(load, 0, first, end)), arrival), atMs);
    }
    expect([...ledger.objects()]).toEqual([
      {
        index: 0,
        lines: 10,
        deliveredLines: 10,
        acknowledgedLines: 10,
        duplicateLines: 5,
        firstAckMs: 100,
        settledMs: 300,
      },
    ]);
  });

  it('names object, line range and agent of each problem', () => {
    const load = plainMemoryLoad(2, 20);
    const ledger = new Ledger(load);
    deliver(ledger, memoryBody(load, 1, 0, 8));
    const body = Buffer.concat([memoryBody(load, 1, 6, 10), Buffer.from('no record of ours\n')]);
    body[body.indexOf('xxx', memoryBody(load, 1, 6, 9).length)] = 0x79;
    ledger.store(read(ledger, body), { agent: 2, atMs: 9 });
    const common = { agent: 2, atMs: 9 };
    expect(ledger.report().problems).toEqual([
      { kind: 'duplicate', index: 1, firstLine: 6, lastLine: 7, lines: 2, excerpt: null, ...common },
      { kind: 'corrupt', index: 1, firstLine: 9, lastLine: 9, lines: 1, excerpt: null, ...common },
      {
        kind: 'unexpected',
        index: null,
        firstLine: null,
        lastLine: null,
        lines: 1,
        excerpt: 'no record of ours',
        ...common,
      },
    ]);
  });

  it('names what continues as one problem', () => {
    const load = plainMemoryLoad(1, 20);
    const ledger = new Ledger(load);
    deliver(ledger, memoryBody(load, 0, 0, 20));
    for (const [first, end] of [
      [2, 5],
      [5, 9],
      [12, 13],
    ] as const) {
      deliver(ledger, memoryBody(load, 0, first, end));
    }
    expect(ledger.report().problems).toMatchObject([
      { kind: 'duplicate', index: 0, firstLine: 2, lastLine: 8, lines: 7 },
      { kind: 'duplicate', index: 0, firstLine: 12, lastLine: 12, lines: 1 },
    ]);
  });

  it('lists so many problems and counts the rest', () => {
    const load = plainMemoryLoad(1, 3);
    const ledger = new Ledger(load);
    for (let copy = 0; copy < problemsListedMax + 6; copy += 1) deliver(ledger, memoryBody(load, 0, 0, 1));
    expect(ledger.report().problems).toHaveLength(problemsListedMax);
    expect(ledger.report()).toMatchObject({ problemsUnlisted: 5, duplicateLines: problemsListedMax + 5 });
  });

  it('finds a line of an object that nobody uploaded', () => {
    const load = plainMemoryLoad(3, 5);
    const ledger = new Ledger(load);
    deliver(ledger, memoryBody(load, 1, 0, 5));
    deliver(ledger, memoryBody(load, 2, 0, 1));
    expect(ledger.judge([{ firstIndex: 1, lastIndex: 1 }])).toMatchObject({
      expectedLines: 5,
      lostLines: 0,
      outsideLines: 1,
    });
    expect(() => ledger.judge([{ firstIndex: 0, lastIndex: 3 }])).toThrow('object 3 is not of this load');
  });

  it('takes what an agent that does not split got as one record', () => {
    const load = plainMemoryLoad(1, 5);
    const ledger = new Ledger(load);
    const whole = { splitsLines: false };
    ledger.store(read(ledger, memoryBody(load, 0, 0, 3), 1_000, whole), arrival);
    expect(ledger.totals()).toMatchObject({ deliveredLines: 0, corruptLines: 1 });
    ledger.store(read(ledger, memoryBody(load, 0, 4, 5), 1_000, whole), arrival);
    expect(ledger.totals()).toMatchObject({ deliveredLines: 1, corruptLines: 1 });
  });

  it('judges a million objects', () => {
    const one = plainMemoryLoad(1, 2);
    const objects = Array.from({ length: 1_000_000 }, () => ({ lines: 2 }));
    const ledger = new Ledger({ manifest: { identity: one.manifest.identity, objects }, readTable: one.readTable });
    deliver(ledger, memoryBody(one, 0, 0, 2));
    expect(ledger.judge([{ firstIndex: 0, lastIndex: 999_999 }])).toMatchObject({
      expectedLines: 2_000_000,
      lostLines: 1_999_998,
      missingUnlisted: 999_999 - 1_000,
    });
  });
});
