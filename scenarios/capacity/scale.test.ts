import { sampleResult } from '#reports';
import { describe, expect, it } from 'vitest';
import { parseSetting } from './options.ts';
import { whyNoDrain, withTwoPosts } from './scale.ts';

describe('the settings of `capacity scale`', () => {
  it('are what was asked for, with two POSTs at a time', () => {
    const settings = withTwoPosts([parseSetting('batch.max_lines=500'), parseSetting('http.workers=2')]);
    expect(settings.map(({ key, value }) => `${key}=${value}`)).toEqual(['batch.max_lines=500', 'http.workers=2']);
  });

  it('refuse another number of POSTs instead of measuring with two', () => {
    expect(() => withTwoPosts([parseSetting('http.workers=8')])).toThrow(
      /measures with http.workers=2, so that each instance waits .* --set http.workers=8 cannot be had/,
    );
  });
});

describe('the drain of `capacity scale`', () => {
  const passed = sampleResult();
  const drain = { drainedS: 12, drainedObjects: 40 };

  it('counts where the run passed, and where something was left to be drained', () => {
    expect(whyNoDrain(passed, drain)).toBeNull();
    expect(whyNoDrain(passed, { ...drain, drainedS: null })).toMatchObject({ fault: 'broken' });
    expect(whyNoDrain(passed, { ...drain, drainedObjects: 0 })?.message).toContain('use more --objects');
    const verdictReasons = ['uploads behind their schedule, worst: 3 s.'];
    expect(whyNoDrain({ ...passed, verdict: 'invalid', verdictReasons }, drain)).toMatchObject({ fault: 'broken' });
  });

  it('is a failure of the streamer, and no figure, where lines were lost or doubled', () => {
    const verdictReasons = ['lost lines: 3 lines, required = 0 lines.'];
    const failure = whyNoDrain({ ...passed, verdict: 'fail', verdictReasons }, drain);
    expect(failure).toMatchObject({ fault: 'streamer' });
    expect(failure?.message).toContain('lost lines: 3 lines');
  });
});
