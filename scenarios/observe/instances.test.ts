import { describe, expect, it } from 'vitest';
import { faultOver } from '../run/fault-record.ts';
import { objectsLetGo, takeOverMs } from './instances.ts';

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

describe('takeOverMs', () => {
  const victim = { name: 'one', inHand: ['a', 'b'] };
  const paused = faultOver({ label: 'one paused', fromMs: 1_000, toMs: 16_000, strikes: 1, victim });
  const readsOf = (name: string, ...reads: readonly (readonly [string, number])[]) => ({
    name,
    log: { reads: reads.map(([key, atMs]) => ({ key, atMs })) },
  });

  it('lasts until others have read the last object that the silent instance had in hand', () => {
    const streamers = [readsOf('one', ['a', 500], ['b', 600]), readsOf('two', ['a', 4_000], ['b', 7_000])];
    expect(takeOverMs([paused], streamers, 30_000)).toBe(6_000);
  });

  // Else nobody's taking over would be a run that proves nothing, and not one that failed.
  it('has lasted until now where nobody took an object over, also if its own instance went on with it', () => {
    const streamers = [readsOf('one', ['a', 500], ['b', 600], ['b', 17_000]), readsOf('two', ['a', 4_000])];
    expect(takeOverMs([paused], streamers, 30_000)).toBe(29_000);
  });

  it('is not known where nothing was in hand', () => {
    const idle = { ...paused, victim: { name: 'one', inHand: [] } };
    expect(takeOverMs([idle], [readsOf('two', ['a', 4_000])], 30_000)).toBeNull();
  });
});
