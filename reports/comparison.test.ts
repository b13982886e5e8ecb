import { describe, expect, it } from 'vitest';
import { compareRuns } from './comparison.ts';
import { renderComparison, renderComparisonMarkdown } from './comparison-table.ts';
import type { Result } from './model.ts';
import { sampleFailedResult, sampleInvalidResult, sampleResult } from './sample-result.ts';

const sample = sampleResult();
const a = { name: 'before', result: sample };

function compareWith(change: Partial<Result>) {
  return compareRuns(a, { name: 'after', result: { ...sample, ...change } });
}

describe('compareRuns', () => {
  it('finds no difference between a run and itself', () => {
    const { differences, figures, verdict } = compareRuns(a, a);
    expect(verdict).toBe('compared');
    expect(differences).toEqual([]);
    expect(new Set(figures.map(({ direction }) => direction))).toEqual(new Set(['same', 'unknown']));
  });

  it('calls figures of another machine, Node, S3 or load incomparable', () => {
    const surroundings: readonly Partial<Result>[] = [
      { environment: { ...sample.environment, cpu: 'another' } },
      { environment: { ...sample.environment, node: 'another' } },
      { environment: { ...sample.environment, s3: { kind: 'minio', version: '1' } } },
      { load: { ...sample.load, rate: '10x' } },
    ];
    for (const change of surroundings) {
      const { verdict, differences } = compareWith(change);
      expect(verdict).toBe('incomparable');
      expect(differences.filter(({ kind }) => kind === 'surroundings')).toHaveLength(1);
    }
  });

  it('names another commit and setting, and compares all the same', () => {
    const { verdict, differences } = compareWith({
      environment: { ...sample.environment, git: 'fffffff' },
      settings: sample.settings.filter(({ key }) => key !== 'http.workers'),
    });
    expect(verdict).toBe('compared');
    expect(differences.map(({ what, b }) => [what, b])).toEqual([
      ['commit', 'fffffff'],
      ['http.workers', 'not set'],
    ]);
  });

  it('says which way is better, figure by figure', () => {
    const { figures } = compareWith({
      throughput: { ...sample.throughput, rawMBPerMin: (sample.throughput.rawMBPerMin ?? 0) * 1.1 },
      latencyMs: { ...sample.latencyMs, lag: { ...sample.latencyMs.lag, avg: (sample.latencyMs.lag.avg ?? 0) * 1.1 } },
    });
    const changed = figures.filter(({ direction }) => direction === 'better' || direction === 'worse');
    expect(changed.map(({ name, direction }) => [name, direction])).toEqual([
      ['lag, average', 'worse'],
      ['throughput', 'better'],
    ]);
    for (const { changePercent } of changed) expect(changePercent).toBeCloseTo(10);
  });

  it('holds loss against B even where nothing else can be compared', () => {
    const failed = sampleFailedResult();
    const { verdict, reasons } = compareRuns(a, {
      name: 'after',
      result: { ...failed, environment: { ...failed.environment, cpu: 'another' } },
    });
    expect(verdict).toBe('worse');
    expect(reasons).toEqual(['run B lost 913 lines', 'run A passed and run B failed']);
  });

  it('proves nothing by a run that proves nothing', () => {
    expect(compareRuns(a, { name: 'after', result: sampleInvalidResult() }).verdict).toBe('incomparable');
  });
});

describe('the comparison as text', () => {
  const comparison = compareWith({
    environment: { ...sample.environment, cpu: 'a | b', git: 'fffffff' },
    throughput: { ...sample.throughput, rawMBPerMin: 100 },
  });

  it('names what differs before it shows a figure', () => {
    for (const text of [renderComparison(comparison), renderComparisonMarkdown(comparison)]) {
      expect(text.indexOf('processor')).toBeGreaterThan(0);
      expect(text.indexOf('processor')).toBeLessThan(text.indexOf('throughput'));
    }
  });

  it('fits a terminal', () => {
    for (const line of renderComparison(comparison).split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it('gives the verdict first in a comment, and no text of a run can end a cell', () => {
    const markdown = renderComparisonMarkdown(comparison);
    expect(markdown.split('\n')[0]).toBe('## ⚠️ The figures do not say anything about the code: processor differs.');
    expect(markdown).toContain(String.raw`a \| b`);
  });
});
