import { describe, expect, it } from 'vitest';
import { parseSetting } from './options.ts';
import { withTwoPosts } from './scale.ts';

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
