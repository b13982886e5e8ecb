import { describe, expect, it } from 'vitest';
import { evaluateChecks } from './checks.ts';
import type { CheckSpec, MeasuredPath } from './checks.ts';
import { judge } from './judge.ts';
import {
  SAMPLE_CHECKS,
  sampleFailedResult,
  sampleInvalidResult,
  sampleMeasurements,
  sampleResult,
} from './sample-result.ts';

const lost: CheckSpec = {
  name: 'lost',
  kind: 'integrity',
  path: 'delivery.lostLines',
  op: '==',
  limit: 0,
  unit: 'lines',
};
const lag: CheckSpec = { name: 'lag', kind: 'performance', path: 'latencyMs.lag.avg', op: '<=', limit: 1, unit: 'ms' };
const slip: CheckSpec = {
  name: 'slip',
  kind: 'validity',
  path: 'load.scheduleSlipMs.max',
  op: '<',
  limit: 1,
  unit: 'ms',
};
const p99: CheckSpec = {
  name: 'p99',
  kind: 'performance',
  path: 'latencyMs.lag.p99',
  op: '<',
  limit: 60_000,
  unit: 'ms',
};

describe('evaluateChecks', () => {
  it.each([
    ['<', 5, false],
    ['<=', 5, true],
    ['==', 5, true],
    ['>=', 5, true],
    ['>', 5, false],
    ['<', 6, true],
    ['>', 4, true],
    ['==', 4, false],
  ] as const)('compares a measured 5 with %s %d: %s', (op, limit, ok) => {
    const measured = { ...sampleMeasurements(), durationS: 5 };
    const [check] = evaluateChecks(
      [{ name: 'duration', kind: 'performance', path: 'durationS', op, limit, unit: 's' }],
      measured,
    );
    expect(check).toMatchObject({ actual: 5, limit, ok });
  });

  it('takes the limit from another field', () => {
    const sample = sampleMeasurements();
    const measured = { ...sample, delivery: { ...sample.delivery, duplicateLines: 7, duplicateBound: 7 } };
    const spec = SAMPLE_CHECKS.filter(({ path }) => path === 'delivery.duplicateLines');
    expect(evaluateChecks(spec, measured)).toMatchObject([{ actual: 7, limit: 7, ok: true }]);
  });

  it('does not pass a value that was not measured, or a name that does not exist', () => {
    const misspelt = 'delivery.lostLine' as MeasuredPath;
    const checks = evaluateChecks(
      [p99, { ...lost, path: misspelt }, { ...lost, limit: { path: misspelt } }],
      sampleMeasurements(),
    );
    expect(checks.map(({ ok }) => ok)).toEqual([false, false, false]);
    expect(checks.map(({ note }) => note)).toEqual([
      'not measured: latencyMs.lag.p99',
      'not measured: delivery.lostLine',
      'not measured: delivery.lostLine',
    ]);
  });
});

describe('judge', () => {
  it('passes a run that meets every check', () => {
    expect(sampleResult()).toMatchObject({ verdict: 'pass', verdictReasons: [] });
  });

  it('fails a run that misses one, and says which and by how much', () => {
    const { verdict, verdictReasons } = judge(sampleMeasurements(), [lost, lag]);
    expect(verdict).toBe('fail');
    expect(verdictReasons).toEqual([expect.stringMatching(/^lag: \d+ ms, required ≤ 1 ms\.$/)]);
  });

  it('calls a run invalid when a validity check fails, whatever its performance', () => {
    expect(judge(sampleMeasurements(), [lost, lag, slip])).toMatchObject({
      verdict: 'invalid',
      verdictReasons: ['slip: 4.2 ms, required < 1 ms.'],
    });
  });

  it('calls a run invalid when a value is missing', () => {
    expect(judge(sampleMeasurements(), [lost, p99]).verdict).toBe('invalid');
    expect(sampleInvalidResult().verdict).toBe('invalid');
  });

  it('fails on a lost line even when the run is invalid', () => {
    const sample = sampleMeasurements();
    const measured = { ...sample, delivery: { ...sample.delivery, lostLines: 1 } };
    expect(judge(measured, [lost, slip, p99]).verdict).toBe('fail');
    expect(sampleFailedResult().verdict).toBe('fail');
  });

  it('never passes a run that exercised or checked nothing', () => {
    const sample = sampleMeasurements();
    expect(judge({ ...sample, load: { ...sample.load, files: 0 } }, [lost]).verdict).toBe('invalid');
    expect(judge({ ...sample, delivery: { ...sample.delivery, expectedLines: null } }, [lost]).verdict).toBe('invalid');
    expect(judge(sample, [])).toMatchObject({ verdict: 'invalid', verdictReasons: ['Nothing was checked.'] });
  });

  it('refuses measurements that do not follow the model', () => {
    const sample = sampleMeasurements();
    expect(() => judge({ ...sample, load: { ...sample.load, files: -1 } }, [lost])).toThrow(/files/);
  });
});
