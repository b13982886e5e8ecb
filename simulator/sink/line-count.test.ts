import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineCount } from './line-count.ts';

describe('LineCount', () => {
  it('counts as many lines as there are, whatever the chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\n', 'bc', '')), (parts) => {
        const count = new LineCount();
        for (const part of parts) count.push(Buffer.from(part));
        const text = parts.join('');
        const lines = text.split('\n').length - (text === '' || text.endsWith('\n') ? 1 : 0);
        expect(count.finish()).toMatchObject({ bytes: text.length, lines, findings: [] });
      }),
    );
  });
});
