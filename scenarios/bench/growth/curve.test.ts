import { describe, expect, it } from 'vitest';
import { isMet } from '../judged-figures.ts';
import { figuresOfCurve } from './curve.ts';

const points = [
  { objects: 10, us: 9 },
  { objects: 100, us: 2 },
  { objects: 1000, us: 4 },
];

describe('a growth curve', () => {
  it('is judged by the largest size over the first that counts', () => {
    const ratio = figuresOfCurve({ what: 'it', points, judgedFrom: 100, ratioMax: 2 }).at(-1);
    expect(ratio).toMatchObject({ name: 'it, 1000 over 100', actual: 2 });
    expect(ratio !== undefined && isMet(ratio)).toBe(true);
    const stricter = figuresOfCurve({ what: 'it', points, judgedFrom: 100, ratioMax: 1.9 }).at(-1);
    expect(stricter !== undefined && isMet(stricter)).toBe(false);
  });

  it('needs two sizes', () => {
    expect(() => figuresOfCurve({ what: 'it', points, judgedFrom: 1000, ratioMax: 2 })).toThrow('two sizes');
  });
});
