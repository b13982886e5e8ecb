/** Service times as a calibration gives them, for tests. */
import type { Calibration } from '../fleet/calibrate.ts';

export function sampleTimes(changes: Partial<Calibration['times']> = {}): Calibration['times'] {
  return {
    getMs: 30,
    listMs: 5,
    listMsPer1000: 60,
    loopMsPerRawMB: 3,
    poolMsPerRawMB: 1.5,
    postMs: { min: 5, max: 15 },
    agentRawMBps: 500,
    redisMs: 0.03,
    redisMsPerObject: 0.01,
    redisRoundTripMs: 0.1,
    journalMs: 1,
    ...changes,
  };
}
