import { describe, expect, it } from 'vitest';
import { isMet } from './judged-figures.ts';
import { figuresOf } from './tiny.ts';

const bare = { objectsPerS: 1_000, cpuMsPerObject: 1 };
const streamer = { objectsPerS: 1_000, cpuMsPerObject: 1, wrongLines: 0 };

describe('the figures of the bench of tiny objects', () => {
  it('are met by a streamer that is as quick as the bare loop', () => {
    expect(figuresOf([{ streamer, bare }]).filter((figure) => !isMet(figure))).toEqual([]);
  });

  // Who delivers less has done sooner.
  it('are not met where one round of several lost or doubled lines, however fast it was', () => {
    const wrong = { streamer: { ...streamer, objectsPerS: 9_000, wrongLines: 3 }, bare };
    const missed = figuresOf([{ streamer, bare }, wrong, { streamer, bare }]).filter((figure) => !isMet(figure));
    expect(missed).toMatchObject([{ name: 'lines lost, twice, or not as they were', actual: 3 }]);
  });
});
