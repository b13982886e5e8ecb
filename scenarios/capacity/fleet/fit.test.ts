import { describe, expect, it } from 'vitest';
import { sampleResult } from '#reports';
import type { FleetRun } from '#simulator';
import { sampleTimes } from '../testing/sample-calibration.ts';
import { samplePoint } from '../testing/sample-point.ts';
import type { Calibration } from './calibrate.ts';
import { fitToRun } from './fit.ts';
import type { MeasuredRun } from './measured-runs.ts';

const parts = { schedule: 0, upload: 0, delayWindow: 0, discovery: 0, queue: 0, batching: 0, sendQueue: 0 };
const run: MeasuredRun = {
  point: { ...samplePoint({ experiment: 'scale', instances: 1, offeredRawMBps: 8 }), agentLatencyMs: 200 },
  result: {
    ...sampleResult(),
    waterfallMs: { n: 100, avg: { ...parts, readAndInflate: 100, acknowledgement: 230 }, slowest: [] },
  },
};
const calibration: Calibration = {
  times: sampleTimes({ getMs: 80, postMs: { min: 15, max: 45 } }),
  otherMsPerRawMB: 3,
  lineBytes: 1500,
  gzipRatio: 15,
  inputs: [
    { name: 'GET, to its last byte', value: 80, unit: 'ms', source: 'measured', note: 'a run' },
    { name: 'agent', value: 500, unit: 'MB/s raw', source: 'measured', note: 'a run' },
  ],
  runs: [run],
  quickest: run,
};
const basis = { seed: 1, getPerSPerPrefix: 5500 };
const never = new AbortController().signal;

/** Readings wait for each other as long again, and the last batch takes 25 ms more than the average one. */
async function simulate({ times }: { readonly times: Calibration['times'] }): Promise<FleetRun> {
  const middleMs = (times.postMs.min + times.postMs.max) / 2;
  const waterfallMs = { readAndInflate: times.getMs * 2, acknowledgement: middleMs + 25 };
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is looked at
  return { waterfallMs } as FleetRun;
}

describe('fitting the service times to a run', () => {
  it('makes the simulated waterfall the measured one, and leaves all else', async () => {
    const { times, inputs } = await fitToRun(run, calibration, basis, never, async (plan) => simulate(plan));
    const simulated = (
      await simulate({ times: { ...times, postMs: { min: times.postMs.min + 100, max: times.postMs.max + 300 } } })
    ).waterfallMs;
    expect(simulated.readAndInflate).toBeCloseTo(100);
    expect(simulated.acknowledgement).toBeCloseTo(230);
    expect(inputs[0]?.value).toBe(times.getMs);
    expect(inputs[1]).toEqual(calibration.inputs[1]);
    expect(times.agentRawMBps).toBe(500);
  });

  it('never makes a time less than can be told', async () => {
    const slow = async (): Promise<FleetRun> =>
      // eslint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is looked at
      ({ waterfallMs: { readAndInflate: 1e4, acknowledgement: 1e4 } }) as FleetRun;
    const { times } = await fitToRun(run, calibration, basis, never, slow);
    expect(times.getMs).toBeGreaterThan(0);
    expect(times.postMs.min).toBeGreaterThan(0);
  });

  it('takes nothing from a simulation that was stopped, or that delivered nothing', async () => {
    const nothing = async (): Promise<FleetRun> =>
      // eslint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is looked at
      ({ waterfallMs: { readAndInflate: 0, acknowledgement: 0 } }) as FleetRun;
    await expect(fitToRun(run, calibration, basis, never, nothing)).rejects.toThrow(/delivered nothing/);
    const stop = new AbortController();
    const stopped = fitToRun(run, calibration, basis, stop.signal, async (plan) => {
      stop.abort();
      return simulate(plan);
    });
    await expect(stopped).rejects.toThrow(/Stopped before/);
  });
});
