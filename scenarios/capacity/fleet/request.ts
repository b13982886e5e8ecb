/** What is asked of a simulated fleet, and the plan that it makes together with the calibrated service times. */
import type { FleetInput } from '#reports';
import type { FleetFault, FleetPlan } from '#simulator';
import type { Calibration } from './calibrate.ts';
import { configurationOf, type Settings } from './settings.ts';

export const faultNames = ['none', 'redis-failover', 's3-slow'] as const;
export type FaultName = (typeof faultNames)[number];

export interface FleetRequest {
  readonly seed: number;
  readonly instances: number;
  readonly rawTBPerDay: number;
  readonly durationS: number;
  readonly fault: FaultName;
  readonly faultAtS: number;
  readonly faultForS: number;
  readonly coresPerInstance: number;
  readonly endpointsPerInstance: number;
  readonly rawMBPerObject: number;
  readonly prefixes: number;
  readonly getPerSPerPrefix: number;
  /** Given in place of what was measured next door; null for that. */
  readonly s3LatencyMs: number | null;
  readonly listMsPer1000: number | null;
  readonly agentLatencyMs: number | null;
  readonly agentRawMBps: number | null;
  readonly redisRoundTripMs: number | null;
  readonly settings: Settings;
}

export interface PlannedFleet {
  readonly plan: FleetPlan;
  readonly inputs: readonly FleetInput[];
  readonly offeredRawMBps: number;
  /** What differs from the shipped defaults. */
  readonly settings: Settings;
}

const secondsPerDay = 86_400;
/** With the shipped `delay_window` nothing is eligible before. */
export const warmupS = 60;

/** Seconds of its start that are no steady state, of a simulation of so many. */
function steadyFromS(durationS: number): number {
  return Math.min(warmupS, durationS / 2);
}

/** Whether anything but the start was simulated. */
export function isSteady({ askedS, simulatedS }: { readonly askedS: number; readonly simulatedS: number }): boolean {
  return simulatedS > steadyFromS(askedS);
}

/** The documented load's sizes. */
const sizeSpread = 0.1;
/** Cutting is a third of what an object costs here when each line is in the grid. */
const gridLossMax = 0.01;
/** A region in trouble: each request takes so many times as long, and S3 asks to slow down beyond this share of its limit. */
const slowRegion = { slowdown: 5, limitShare: 0.1 } as const;
/** What is found and not yet eligible waits in the ready queue, and so does what one scan finds: so many seconds of load have room there. */
const queueS = { delayWindow: 60, scans: 60 } as const;

export function planFleet(request: FleetRequest, calibration: Calibration): PlannedFleet {
  const offeredRawMBps = (request.rawTBPerDay * 1e6) / secondsPerDay;
  const objectsPerS = offeredRawMBps / request.rawMBPerObject;
  const inputs = inputsOf(request, calibration);
  const { times } = calibration;
  const postMs = request.agentLatencyMs ?? (times.postMs.min + times.postMs.max) / 2;
  const settings = {
    'processing.queue_size': Math.ceil(objectsPerS * (queueS.delayWindow + queueS.scans)),
    ...request.settings,
  };
  return {
    offeredRawMBps,
    inputs,
    settings,
    plan: {
      seed: request.seed,
      instances: request.instances,
      configuration: configurationOf(settings, request.endpointsPerInstance),
      load: {
        backlogObjects: 0,
        objectsPerS,
        liveFromS: 0,
        liveForS: null,
        rawBytesPerObject: request.rawMBPerObject * 1e6,
        sizeSpread,
        lineBytes: calibration.lineBytes,
        gridLossMax,
        gzipRatio: calibration.gzipRatio,
        prefixes: request.prefixes,
      },
      times: {
        ...times,
        getMs: request.s3LatencyMs ?? times.getMs,
        listMsPer1000: request.listMsPer1000 ?? times.listMsPer1000,
        postMs: { min: postMs / 2, max: postMs * 1.5 },
        agentRawMBps: request.agentRawMBps ?? times.agentRawMBps,
        redisRoundTripMs: request.redisRoundTripMs ?? times.redisRoundTripMs,
      },
      machine: { cores: request.coresPerInstance, isShared: false, otherMsPerRawMB: 0 },
      getPerSPerPrefix: request.getPerSPerPrefix,
      fault: faultOf(request),
      steadyFromS: steadyFromS(request.durationS),
      durationS: request.durationS,
    },
  };
}

function faultOf({ fault, faultAtS: atS, faultForS: forS }: FleetRequest): FleetFault | null {
  switch (fault) {
    case 'none':
      return null;
    case 'redis-failover':
      return { kind: fault, atS, forS };
    case 's3-slow':
      return { kind: fault, atS, forS, ...slowRegion };
  }
}

export function describeFault(fault: FleetFault): string {
  switch (fault.kind) {
    case 'redis-failover':
      return `Redis away for ${fault.forS} s, as in a fail-over`;
    case 's3-slow':
      return `S3 ${fault.slowdown} times as slow for ${fault.forS} s, and SlowDown beyond ${fault.limitShare * 100} % of its request limit`;
  }
}

/** What was measured, unless another value was given; and what nobody measured. */
function inputsOf(request: FleetRequest, { inputs, gzipRatio, lineBytes }: Calibration): readonly FleetInput[] {
  const given: Readonly<Record<string, number | null>> = {
    'GET, to its last byte': request.s3LatencyMs,
    '1,000 keys of a LIST': request.listMsPer1000,
    'POST, beside CPU time and agent': request.agentLatencyMs,
    agent: request.agentRawMBps,
    'way to Redis and back': request.redisRoundTripMs,
  };
  const assumed = (name: string, value: number, unit: string, note: string): FleetInput => {
    return { name, value, unit, source: 'assumed', note };
  };
  return [
    ...inputs.map((input): FleetInput => {
      const value = given[input.name] ?? null;
      const note = `given; measured were ${input.value.toPrecision(3)} ${input.unit}`;
      return value === null ? input : { ...input, value, source: 'assumed', note };
    }),
    { name: 'raw bytes of a line', value: lineBytes, unit: 'B', source: 'measured', note: 'of the measured load' },
    { name: 'raw over stored', value: gzipRatio, unit: '', source: 'measured', note: 'of the measured load' },
    assumed('raw, of an object', request.rawMBPerObject, 'MB', 'as documented, ±10 %'),
    assumed('cores of an instance', request.coresPerInstance, '', 'as fast as those of the measured machine'),
    assumed('agents of an instance', request.endpointsPerInstance, '', 'its own'),
    assumed('S3 prefixes', request.prefixes, '', `${request.getPerSPerPrefix} GETs a second each`),
  ];
}
