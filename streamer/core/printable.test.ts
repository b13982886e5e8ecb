import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable } from './printable.ts';

it('leaves no character that moves a cursor or ends a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    }),
  );
});

it('shows what stood there, and changes nothing else', () => {
  expect(printable('a\nb\u001B[2Kc\u009Bd\u007F')).toBe(String.raw`a\nb\u001b[2Kc\u009bd\u007f`);
  expect(printable('web/Übersicht \\n 日本.gz')).toBe('web/Übersicht \\n 日本.gz');
});
