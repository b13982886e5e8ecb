import { describe, expect, it } from 'vitest';
import { objectsLetGo } from './instances.ts';

/** Reads `keys`, each over the time that is given with it. */
function streamerThatReads(name: string, readings: readonly (readonly [string, number, number])[]) {
  const underWay = (beforeMs = Infinity): readonly string[] =>
    readings.filter(([, fromMs, toMs]) => fromMs < beforeMs && toMs >= beforeMs).map(([key]) => key);
  return { name, log: { underWay } };
}

describe('objectsLetGo', () => {
  it('counts what each had in hand at its own moment, an object once', () => {
    const streamers = [
      streamerThatReads('one', [
        ['a', 0, 100],
        ['b', 50, 400],
      ]),
      streamerThatReads('two', [
        ['b', 450, 600],
        ['c', 0, 20],
      ]),
    ];
    expect(objectsLetGo([{ name: 'one', atMs: 80 }], streamers)).toBe(2);
    expect(
      objectsLetGo(
        [
          { name: 'one', atMs: 300 },
          { name: 'two', atMs: 500 },
        ],
        streamers,
      ),
    ).toBe(1);
    expect(objectsLetGo([], streamers)).toBe(0);
  });
});
