/** The plan of a fleet that does what a measured run did: its instances on one machine, its agents, its settings and its load. */
import type { Result } from '#reports';
import type { FleetPlan } from '#simulator';
import type { Calibration } from './calibrate.ts';
import type { MeasuredRun } from './measured-runs.ts';
import { configurationOf, settingsOf } from './settings.ts';

/** Longer than any measured run. */
const durationSMax = 900;
/** The documented load's sizes. */
const sizeSpread = 0.1;

/** What a run does not tell. */
export interface RunBasis {
  readonly seed: number;
  readonly getPerSPerPrefix: number;
}

export function planOfRun(
  { point, result }: MeasuredRun,
  calibration: Calibration,
  { seed, getPerSPerPrefix }: RunBasis,
): FleetPlan {
  const { times, otherMsPerRawMB } = calibration;
  const { min, max } = times.postMs;
  return {
    seed,
    getPerSPerPrefix,
    instances: point.instances,
    configuration: configurationOf(settingsOf(result), point.endpoints),
    load: loadOf(result, calibration),
    // The mock agents wait between half and one and a half times as long as they were told to.
    times: { ...times, postMs: { min: min + point.agentLatencyMs / 2, max: max + point.agentLatencyMs * 1.5 } },
    machine: { cores: point.machine.cores, isShared: true, otherMsPerRawMB },
    fault: null,
    steadyFromS: 0,
    durationS: durationSMax,
  };
}

function loadOf({ load }: Result, { gzipRatio, lineBytes }: Calibration): FleetPlan['load'] {
  return {
    backlogObjects: load.files,
    objectsPerS: 0,
    liveFromS: 0,
    liveForS: null,
    rawBytesPerObject: load.rawBytes / load.files,
    sizeSpread,
    lineBytes,
    gridLossMax: 0,
    gzipRatio,
    prefixes: 1,
  };
}
