import { describe, expect, it } from 'vitest';
import { type ContentLine, contentOf } from './content.ts';
import { rangeOfKind } from './content-kinds.ts';
import { Judge } from './invariants.ts';
import { type AnsweredBody, Pieces } from './pieces.ts';
import { Truth, type Version } from './truth.ts';

type Kind = 'csv' | 'long-line' | 'small';

/** Of kind `long-line`: one whose first line is sent, and another is not. */
function contentIdOf(kind: Kind): number {
  const { firstId, count } = rangeOfKind(kind);
  const ids = Array.from({ length: count }, (_, index) => firstId + index);
  const isMeant = ([first, ...others]: readonly ContentLine[]): boolean =>
    kind !== 'long-line' || (first?.fate === 'delivered' && others.some(({ fate }) => fate === 'too-long'));
  return ids.find((id) => isMeant(contentOf(id).lines)) ?? firstId;
}

/** The batch of the whole object; the first of its two pieces is acknowledged, the second is answered with `status`. */
function takenApart({ kind, status, isHeld = true }: { kind: Kind; status: number | null; isHeld?: boolean }) {
  const truth = new Truth({ judge: new Judge(() => 0), nowMs: () => 0 });
  const place = { bucket: 'b', key: 'k', lastModifiedMs: 0, visibleMs: 0, standing: 'owed' } as const;
  const version: Version = truth.addVersion(place, contentIdOf(kind));
  const { length } = version.content.lines;
  const batchKey = `00000000-1a2b3c4d-0-${version.content.rawBytes}`;
  const pieces = new Pieces();
  const claim = { isHeld: true };
  const answer = (key: string, answered: number | null, [first, end]: readonly [number, number]): void => {
    const runsOf: AnsweredBody['runsOf'] = () => [{ version, first, end }];
    pieces.answer({ idempotencyKey: key, status: answered, runsOf, isHeld: () => claim.isHeld });
  };
  answer(`${batchKey}-0-1`, 200, [0, 1]);
  answer(`${batchKey}-1-${length - 1}`, status, [1, length]);
  claim.isHeld = isHeld;
  const givenUp = (): readonly number[] => [...version.copies.keys()].filter((line) => pieces.isGivenUp(version, line));
  return { truth, version, pieces, length, batchKey, answer, givenUp };
}

function repeatsAfter(kind: Kind, status: number | null): readonly number[] {
  const { pieces, version, truth } = takenApart({ kind, status });
  pieces.readAgain(version, truth);
  // It is explained once, however often the object is read.
  pieces.readAgain(version, truth);
  return [...version.repeatsAllowed];
}

describe('lines of a batch that was taken apart', () => {
  it.each(['csv', 'long-line'] as const)(
    'may come again where another piece was parked and the batch is not the object’s bytes: %s',
    (kind) => {
      const [first, ...others] = repeatsAfter(kind, 500);
      expect(first).toBe(1);
      expect(others.every((repeats) => repeats === 0)).toBe(true);
    },
  );

  it.each([
    ['the ranges of the pieces are known', 'small', 500],
    ['all pieces were acknowledged', 'csv', 200],
    ['no piece was answered with a server error last', 'csv', 429],
    ['the last piece got no answer', 'csv', null],
  ] as const)('may not where %s', (_, kind, status) => {
    expect(repeatsAfter(kind, status).every((repeats) => repeats === 0)).toBe(true);
  });
});

// Their batch is settled as a whole, or never. Found by the virtual world: seed 2574, in which a claim was lost in between.
describe('lines that were acknowledged in a piece', () => {
  it.each([
    ['the claim was lost before the other piece had an answer', null, false],
    ['the claim was lost while the other piece was refused', 400, false],
    ['the other piece got a server error, and the object was parked', 503, true],
  ] as const)('need not be durable where %s', (_, status, isHeld) => {
    expect(takenApart({ kind: 'csv', status, isHeld }).givenUp()).toEqual([0]);
    expect(takenApart({ kind: 'long-line', status, isHeld }).givenUp()).toEqual([0]);
  });

  it.each([
    ['the ranges of the pieces are known', 'small', null, false],
    ['the ranges of the pieces are known, and the object was parked', 'small', 503, true],
    ['all pieces were acknowledged before the claim was lost', 'csv', 200, false],
    ['all but what is set aside unsent was acknowledged before the claim was lost', 'long-line', 200, false],
    ['the batch is under way', 'csv', null, true],
    ['the other piece is taken apart further', 'csv', 400, true],
  ] as const)('must be where %s', (_, kind, status, isHeld) => {
    expect(takenApart({ kind, status, isHeld }).givenUp()).toEqual([]);
  });

  it('need not be while their object is read again, and must be when they are acknowledged there in a whole batch', () => {
    const { pieces, version, truth, length, batchKey, answer, givenUp } = takenApart({
      kind: 'csv',
      status: null,
      isHeld: false,
    });
    pieces.readAgain(version, truth);
    expect(givenUp()).toEqual([0]);
    answer(batchKey, 503, [0, length]);
    expect(givenUp()).toEqual([0]);
    answer(batchKey, 200, [0, length]);
    expect(givenUp()).toEqual([]);
  });
});
