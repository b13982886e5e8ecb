import { describe, expect, it } from 'vitest';
import { benchmarksOf } from './benchmark.ts';
import { sampleInvalidResult, sampleResult } from './sample-result.ts';

describe('benchmarksOf', () => {
  it('puts each figure into the list in which its better end is right', () => {
    const { biggerIsBetter, smallerIsBetter } = benchmarksOf(sampleResult());
    expect(biggerIsBetter.map(({ name }) => name)).toEqual(['sample: throughput', 'sample: raw MB per CPU second']);
    expect(smallerIsBetter.map(({ name }) => name)).toContain('sample: lag, average');
  });

  it('has the fields that github-action-benchmark asks for', () => {
    const { biggerIsBetter, smallerIsBetter } = benchmarksOf(sampleResult());
    for (const { name, unit, value } of [...biggerIsBetter, ...smallerIsBetter]) {
      expect(name).not.toBe('');
      expect(unit).toBeTypeOf('string');
      expect(Number.isFinite(value)).toBe(true);
    }
  });

  it('leaves out what was not measured', () => {
    const { smallerIsBetter } = benchmarksOf(sampleInvalidResult());
    expect(smallerIsBetter.map(({ name }) => name)).not.toContain('sample: lost lines');
    expect(smallerIsBetter.map(({ name }) => name)).not.toContain('sample: lag, average');
  });
});
