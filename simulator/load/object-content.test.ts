import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { RECORD_KINDS } from '../records/record-kinds.ts';
import { createObjectContent } from './object-content.ts';
import type { LoadSpec } from './spec.ts';

const spec: LoadSpec = { kind: 'zscaler', objects: 9, linesPerObject: 12, linesSpread: 0.5, noise: 'clean' };
const writer = RECORD_KINDS.zscaler.createWriter(createRandom(1).fork('vocabulary'));

function contentOf(of: LoadSpec, index: number, pieceBytes: number, seed = 1): { raw: Buffer; table: Uint32Array } {
  const source = { spec: of, writer, objectsRandom: createRandom(seed), pieceBuffer: Buffer.alloc(pieceBytes) };
  const content = createObjectContent(source, index);
  const pieces: Buffer[] = [];
  for (let piece = content.nextPiece(); piece !== null; piece = content.nextPiece()) pieces.push(Buffer.from(piece));
  expect(content.isDone()).toBe(true);
  return { raw: Buffer.concat(pieces), table: content.table };
}

const noise = (): fc.Arbitrary<LoadSpec['noise']> => fc.constantFrom('clean', 'dirty');

describe('createObjectContent', () => {
  it('is the same whatever the size of its pieces', () => {
    const pieceBytes = fc.integer({ min: 2 * writer.lineBytesMax, max: 40_000 });
    fc.assert(
      fc.property(noise(), fc.nat({ max: 999_999_999 }), fc.nat(), pieceBytes, (kind, index, seed, bytes) => {
        const of: LoadSpec = { ...spec, noise: kind };
        expect(contentOf(of, index, bytes, seed)).toEqual(contentOf(of, index, 1_000_000, seed));
      }),
    );
  });

  it('has a line table that verifies any run of lines by its prefix checksums', () => {
    const runs = fc.tuple(fc.nat({ max: 18 }), fc.nat({ max: 18 }));
    fc.assert(
      fc.property(fc.nat({ max: 1_000 }), runs, (index, [left, right]) => {
        const { raw, table } = contentOf(spec, index, 100_000);
        const lines = table.length / 2 - 1;
        const [from, to] = [Math.min(left, right, lines), Math.min(Math.max(left, right), lines)];
        const batch = raw.subarray(table[2 * from], table[2 * to]);
        expect(crc32(batch, table[2 * from + 1])).toBe(table[2 * to + 1]);
        expect(batch.filter((byte) => byte === 0x0a)).toHaveLength(to - from);
      }),
    );
  });

  it('draws line counts within the spread, at least one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (linesPerObject, linesSpread) => {
          const { table } = contentOf({ ...spec, linesPerObject, linesSpread }, 3, 1_000_000);
          const lines = table.length / 2 - 1;
          expect(lines).toBeGreaterThanOrEqual(Math.max(1, Math.round(linesPerObject * (1 - linesSpread))));
          expect(lines).toBeLessThanOrEqual(Math.max(1, Math.round(linesPerObject * (1 + linesSpread))));
        },
      ),
    );
  });

  it('never changes for a seed: raise CONTENT_VERSION in cache.ts when you mean to change it, or old caches serve old bytes', () => {
    const checksums = [spec, { ...spec, noise: 'dirty' as const }].map((of) =>
      Array.from({ length: 10 }, (_, index) => contentOf(of, index, 100_000).raw).reduce(
        (crc, raw) => crc32(raw, crc),
        0,
      ),
    );
    expect(checksums).toMatchInlineSnapshot(`
      [
        2192038607,
        1182807480,
      ]
    `);
  });
});
