import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numericFields, type Result, sampleResult } from '#reports';
import { gateFile, readGateSettings } from '../settings.ts';
import { parseComparison, valueOf } from './expression.ts';
import { judgeLimits, readLimits } from './judge-limits.ts';
import { renderLimitsMarkdown, renderLimitsText } from './render.ts';

const fields = numericFields();
const sample = sampleResult({ durationS: 90, filesPerMin: 228 });

function judge(expression: string, result: Result = sample) {
  const threshold = { name: 'limit', expression, kind: 'performance', unit: '' } as const;
  return judgeLimits(result, readLimits([threshold], 'gate.yaml'));
}

describe('limits', () => {
  it('are those of scenarios/gate.yaml, which a good run keeps', () => {
    const limits = readLimits(readGateSettings().thresholds, gateFile);
    const { verdict, reasons } = judgeLimits(sample, limits);
    expect(reasons).toEqual([]);
    expect(verdict).toBe('pass');
  });

  it('compare fields, numbers, and what is calculated from them', () => {
    expect(judge('latencyMs.lag.p99 < 60000').verdict).toBe('pass');
    expect(judge('load.rawBytes / load.files == 10000000').verdict).toBe('pass');
    expect(judge('delivery.deliveredLines >= (1 - 0.5) * delivery.expectedLines').verdict).toBe('pass');
    expect(judge('pace.lagSlopeSPerS < -1').verdict).toBe('fail');
    expect(judge('resources.streamer.rssMaxMB < 1').verdict).toBe('fail');
  });

  it('refuse a name that no result has, and suggest what was meant', () => {
    expect(() => judge('latencyMs.lag.p95 < 60000')).toThrow(
      /no field latencyMs.lag.p95. Did you mean latencyMs.lag.p9/,
    );
    expect(() => judge('latencyMs < 1')).toThrow(/no field latencyMs/);
  });

  it('refuse what is no comparison of amounts', () => {
    for (const expression of [
      'load.files',
      'load.files < "many"',
      'load.files = 1',
      '1 < 2 < 3',
      'f(load.files) > 0',
      'load[0] > 1',
      '',
    ])
      expect(() => judge(expression)).toThrow(/gate.yaml:\n {2}limit: "/);
  });

  it('name every wrong one of them at once', () => {
    const wrong = [1, 2].map(
      (number) => ({ name: `limit ${number}`, expression: 'x < 1', kind: 'performance', unit: '' }) as const,
    );
    expect(() => readLimits(wrong, 'gate.yaml')).toThrow(/limit 1.*\n.*limit 2/);
  });

  it('are unknown, not passed, where nothing was measured', () => {
    const few = sampleResult();
    const { verdict, checks, reasons } = judge('latencyMs.lag.p99 < 60000', few);
    expect(verdict).toBe('invalid');
    expect(checks[0]).toMatchObject({ actual: null, ok: false, note: 'not measured: latencyMs.lag.p99' });
    expect(reasons).toEqual(['limit: not measured: latencyMs.lag.p99.']);
  });

  it('are unknown where they divide by nothing', () => {
    const nothing = { ...sample, load: { ...sample.load, files: 0 } };
    expect(judge('load.rawBytes / load.files > 0', nothing).verdict).toBe('invalid');
  });

  it('prove nothing of a run that exercised nothing, whatever they say', () => {
    const nothing: Result = {
      ...sample,
      checks: sample.checks.map((check) =>
        check.name === 'files uploaded' ? { ...check, actual: 0, ok: false } : check,
      ),
    };
    expect(judge('delivery.lostLines == 0', nothing).verdict).toBe('invalid');
  });

  it('break with whatever the run itself found wrong with the data, though no limit names it', () => {
    const forgotten: Result = {
      ...sample,
      verdict: 'fail',
      checks: sample.checks.map((check) =>
        check.name === 'duplicate lines' ? { ...check, actual: 6500, ok: false } : check,
      ),
    };
    const { verdict, reasons } = judge('delivery.lostLines == 0', forgotten);
    expect(verdict).toBe('fail');
    expect(reasons).toEqual([expect.stringMatching(/^duplicate lines: 6,500 lines, required ≤ 0 lines/)]);
  });

  it('leave to gate.yaml how fast the run must be, whatever its scenario asked for', () => {
    const slow: Result = {
      ...sample,
      checks: sample.checks.map((check) => (check.name === 'lag, average' ? { ...check, ok: false } : check)),
    };
    expect(judge('delivery.lostLines == 0', slow).verdict).toBe('pass');
  });

  it('are told with verdict and reason in the first line of a comment, and last on a terminal', () => {
    const failed = judge('resources.streamer.rssMaxMB < 1');
    expect(renderLimitsMarkdown(failed).split('\n')[0]).toMatch(/^## ❌ A limit is broken: limit: 128, required/);
    expect(renderLimitsText(failed).trimEnd().split('\n').at(-1)).toMatch(/^❌ A limit is broken/);
  });
});

describe('amounts', () => {
  it('calculate as arithmetic does', () => {
    const number = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        const { left } = parseComparison(`${a} + ${b} * (${c} - ${a}) / ${b} > 0`, fields);
        expect(valueOf(left, () => null)).toBeCloseTo(a + (b * (c - a)) / b);
      }),
    );
  });

  it('are unknown as soon as one part is', () => {
    const { left } = parseComparison('load.files * 0 + 1 > 0', fields);
    expect(valueOf(left, () => null)).toBeNull();
  });
});
