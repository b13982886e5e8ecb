import { describe, expect, it } from 'vitest';
import { choicesOf } from './catalog.ts';
import { type GivenOptions, refuseIgnored } from './refuse-ignored.ts';

const request = { seed: 1, durationS: null, isFull: false };
const nothing: GivenOptions = { row: [], placebo: false, full: false };

function asking(names: readonly string[], given: Partial<GivenOptions>): () => void {
  return () => refuseIgnored(names, { ...nothing, ...given }, request);
}

describe('what a user may choose of a scenario', () => {
  it('is what its builder reads', () => {
    expect([...choicesOf('slow-sink', request)]).toEqual(['durationS']);
    expect([...choicesOf('backlog-replay', request)]).toEqual(['isFull']);
    expect([...choicesOf('soak', request)].toSorted()).toEqual(['durationS', 'isFull']);
    expect([...choicesOf('big-object', request)]).toEqual([]);
  });
});

describe('an option that would be ignored', () => {
  it.each([
    { names: ['tuning'], given: { mutant: 'silent-drop' }, says: /^--mutant has no meaning here: tuning/ },
    { names: ['tuning'], given: { duration: 60 }, says: /^--duration has no meaning here: tuning/ },
    { names: ['tuning'], given: { full: true }, says: /^--full has no meaning here: tuning/ },
    { names: ['burst'], given: { row: ['drops-s3-workers'] }, says: /^--row has no meaning here: .*-- tuning/ },
    { names: ['all'], given: { placebo: true }, says: /^--placebo has no meaning here: .*-- tuning/ },
    {
      names: ['burst', 'big-object', 'streamer-crash'],
      given: { duration: 60 },
      says: /^--duration has no meaning for big-object, streamer-crash\. It is for snapshot-1x, .*slow-sink.*\.$/,
    },
    { names: ['burst'], given: { full: true }, says: /^--full has no meaning for burst\. It is for .*backlog-replay/ },
  ])('is refused: $names with $given', ({ names, given, says }) => {
    expect(asking(names, given)).toThrow(
      expect.objectContaining({ fault: 'usage', message: expect.stringMatching(says) }),
    );
  });

  it.each([
    { names: ['tuning'], given: { row: ['drops-s3-workers'], placebo: true } },
    { names: ['burst', 'soak'], given: { duration: 60, mutant: 'silent-drop' } },
    { names: ['backlog-replay', 'soak'], given: { full: true } },
    { names: ['all'], given: { duration: 60, full: true } },
  ])('is none of these: $names with $given', ({ names, given }) => {
    expect(asking(names, given)).not.toThrow();
  });
});
