import { describe, expect, it } from 'vitest';
import { rangeOfKind } from './content-kinds.ts';
import { Judge } from './invariants.ts';
import { Pieces } from './pieces.ts';
import { Truth, type Version } from './truth.ts';

/** The batch of the whole object; the first of its two pieces is acknowledged, the second is answered with `status`. */
function repeatsAfter(kind: 'csv' | 'small', status: number | null): readonly number[] {
  const truth = new Truth({ judge: new Judge(() => 0), nowMs: () => 0 });
  const place = { bucket: 'b', key: 'k', lastModifiedMs: 0, visibleMs: 0, standing: 'owed' } as const;
  const version: Version = truth.addVersion(place, rangeOfKind(kind).firstId);
  const { length } = version.content.lines;
  const batchKey = `00000000-1a2b3c4d-0-${version.content.rawBytes}`;
  const pieces = new Pieces();
  pieces.answer(`${batchKey}-0-1`, 200, () => [{ version, first: 0, end: 1 }]);
  pieces.answer(`${batchKey}-1-${length - 1}`, status, () => [{ version, first: 1, end: length }]);
  pieces.readAgain(version, truth);
  // It is explained once, however often the object is read.
  pieces.readAgain(version, truth);
  return [...version.repeatsAllowed];
}

describe('lines of a batch that was taken apart', () => {
  it('may come again where another piece was parked and the batch is not the object’s bytes', () => {
    const [first, ...others] = repeatsAfter('csv', 500);
    expect(first).toBe(1);
    expect(others.every((repeats) => repeats === 0)).toBe(true);
  });

  it.each([
    ['the ranges of the pieces are known', 'small', 500],
    ['all pieces were acknowledged', 'csv', 200],
    ['no piece was answered with a server error last', 'csv', 429],
    ['the last piece got no answer', 'csv', null],
  ] as const)('may not where %s', (_, kind, status) => {
    expect(repeatsAfter(kind, status).every((repeats) => repeats === 0)).toBe(true);
  });
});
