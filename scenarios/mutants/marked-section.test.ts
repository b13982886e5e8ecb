import { describe, expect, it } from 'vitest';
import { replaceBetweenMarks } from './marked-section.ts';

const page = '# A\n<!-- table: by a program -->\nold\nlines\n<!-- /table -->\nrest\n';

describe('a marked section', () => {
  it('is replaced, and nothing else', () => {
    expect(replaceBetweenMarks(page, 'table', 'new\n')).toBe(
      '# A\n<!-- table: by a program -->\nnew\n<!-- /table -->\nrest\n',
    );
  });

  it.each([
    ['is not there', '# A\n'],
    ['never ends', page.replace('<!-- /table -->', '')],
    ['is there twice', page + page],
  ])('that %s is refused', (_, bad) => {
    expect(() => replaceBetweenMarks(bad, 'table', 'new\n')).toThrow('no single section');
  });
});
