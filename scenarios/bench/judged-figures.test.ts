import { describe, expect, it } from 'vitest';
import { isMet, renderJudged, whyBusy } from './judged-figures.ts';

const figure = { name: 'memory', actual: 121, op: '<=', limit: 120, unit: 'MB' } as const;

describe('judged figures', () => {
  it('are met up to their limit, in its direction', () => {
    expect(isMet({ ...figure, actual: 120 })).toBe(true);
    expect(isMet(figure)).toBe(false);
    expect(isMet({ ...figure, op: '>=' })).toBe(true);
  });

  it('show what was missed, and the limit', () => {
    const machine = { node: 'v26', cpu: 'x', cores: 2, memoryMB: 1, os: 'y', git: null };
    const s3 = { kind: 'minio', version: '1' };
    const text = renderJudged({ title: 't', figures: [figure], invalid: [], machine, s3, seed: 1, replay: 'r' });
    expect(text).toMatch(/MISSED {2}memory +121 MB +<= 120/);
  });

  it('say when the machine had other work', () => {
    expect(whyBusy(2, [1.9, 0, 0])).toEqual([]);
    expect(whyBusy(2, [9, 0, 0])).toEqual(['the machine was busy before: load 9.0 on 2 cores']);
  });
});
