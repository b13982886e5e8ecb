import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Result, sampleResult } from '#reports';
import { PointStore } from '../points.ts';
import { samplePoint } from '../testing/sample-point.ts';
import { readMeasuredRuns } from './measured-runs.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'measured-runs-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function measure(experiment: string, at: string, scenario = 'capacity-step'): void {
  const point = samplePoint({ experiment, instances: 2, offeredRawMBps: 10 });
  const outcome = { ...point.outcome, kind: 'drained' as const };
  if (scenario === 'capacity-step') new PointStore(folder).append({ ...point, at, outcome, redis: 'local 7' });
  writeResult({ ...sampleResult(), scenario, startedAt: at });
}

function writeResult(result: Result): void {
  const run = join(folder, 'runs', result.startedAt.replaceAll(':', ''));
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'result.json'), JSON.stringify(result));
}

describe('measured runs', () => {
  it('are those of the newest measurement of several instances, each with its whole result', () => {
    measure('scale-1', '2026-11-24T10:00:00.000Z');
    measure('scale-1', '2026-11-24T10:05:00.000Z', 'capacity-drain');
    measure('scale-2', '2026-11-25T10:00:00.000Z');
    measure('scale-2', '2026-11-25T10:01:00.000Z');
    measure('scale-2', '2026-11-25T10:05:00.000Z', 'capacity-drain');
    const { experiment, runs, drain } = readMeasuredRuns(folder);
    expect(experiment).toBe('scale-2');
    expect(runs.map(({ result }) => result.startedAt)).toEqual([
      '2026-11-25T10:00:00.000Z',
      '2026-11-25T10:01:00.000Z',
    ]);
    expect(runs.every(({ point, result }) => point.at === result.startedAt)).toBe(true);
    expect(drain?.startedAt).toBe('2026-11-25T10:05:00.000Z');
  });

  it('leave out a drain that proves nothing', () => {
    measure('scale-1', '2026-11-25T10:00:00.000Z');
    measure('scale-1', '2026-11-25T10:05:00.000Z', 'capacity-drain');
    writeResult({
      ...sampleResult(),
      scenario: 'capacity-drain',
      startedAt: '2026-11-25T10:06:00.000Z',
      verdict: 'invalid',
    });
    expect(readMeasuredRuns(folder).drain?.startedAt).toBe('2026-11-25T10:05:00.000Z');
  });

  it('may lack a drain of their own: that of an earlier measurement is none', () => {
    measure('scale-1', '2026-11-24T10:05:00.000Z', 'capacity-drain');
    measure('scale-2', '2026-11-25T10:00:00.000Z');
    expect(readMeasuredRuns(folder).drain).toBeNull();
  });

  it('are asked for where there are none', () => {
    expect(() => readMeasuredRuns(join(folder, 'nowhere'))).toThrow(/measure some with `npm run capacity -- scale`/);
    measure('scale-1', '2026-11-24T10:00:00.000Z');
    rmSync(join(folder, 'runs'), { recursive: true });
    expect(() => readMeasuredRuns(folder)).toThrow(/results of scale-1 are not in/);
  });

  it('are not taken from a file that holds something else', () => {
    measure('scale-1', '2026-11-24T10:00:00.000Z');
    mkdirSync(join(folder, 'runs', 'other'));
    writeFileSync(join(folder, 'runs', 'other', 'result.json'), '{}');
    expect(() => readMeasuredRuns(folder)).toThrow(/is no result of this version/);
  });
});
