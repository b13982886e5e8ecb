/** Checks that several scenarios share. */
import type { CheckSpec } from '#reports';
import { linesInFlightAtKills } from './observe/kills.ts';
import { expectObserved } from './observe/observation.ts';
import { ceilingShareMax } from './run/ceiling.ts';

/** The documented loss: none; and nothing altered or invented on the way. */
export const nothingLost: readonly CheckSpec[] = [
  {
    name: 'lost lines',
    kind: 'integrity',
    path: 'delivery.lostLines',
    op: '==',
    limit: 0,
    unit: 'lines',
    note: 'uploaded, and neither acknowledged nor in quarantine',
  },
  {
    name: 'unexpected lines',
    kind: 'integrity',
    path: 'delivery.unexpectedLines',
    op: '==',
    limit: 0,
    unit: 'lines',
    note: 'arrived, and in no uploaded file',
  },
  {
    name: 'corrupt lines',
    kind: 'integrity',
    path: 'delivery.corruptLines',
    op: '==',
    limit: 0,
    unit: 'lines',
    note: 'arrived with other bytes than were uploaded',
  },
  {
    name: 'lines delivered though their checksum is wrong',
    kind: 'integrity',
    path: 'delivery.outsideLines',
    op: '==',
    limit: 0,
    unit: 'lines',
    note: 'some are garbled and nobody knows which: quarantine is their place',
  },
];

/** What arrived and is not remembered is sent again by the next start: a run in which nobody was killed would not show it. */
export const deliveredIsComplete: CheckSpec = {
  name: 'files delivered, but not complete in the saved state',
  kind: 'integrity',
  path: 'delivery.incompleteObjects',
  op: '==',
  limit: 0,
  unit: 'files',
  note: 'read after the clean stop; the next start would send them again',
};

/** For a run without faults the bound is 0. */
export const duplicatesWithinBound: CheckSpec = {
  name: 'duplicate lines',
  kind: 'integrity',
  path: 'delivery.duplicateLines',
  op: '<=',
  limit: { path: 'delivery.duplicateBound' },
  unit: 'lines',
  note: 'required: no more than the faults of this run explain',
};

export const killHitSomething = expectObserved(
  linesInFlightAtKills,
  'validity',
  '>',
  0,
  'a kill that hits nothing proves nothing',
);

export const lagSlo: CheckSpec = {
  name: 'lag SLO, worst file',
  kind: 'performance',
  path: 'latencyMs.lag.max',
  op: '<',
  limit: 60_000,
  unit: 'ms',
};

/** The mock EdgeDelta must not be what limits or delays. */
export const sinkNotSaturated: CheckSpec = {
  name: 'sink (mock EdgeDelta) busy, highest',
  kind: 'validity',
  path: 'resources.sink.eventLoopUtilization',
  op: '<',
  limit: 0.8,
  unit: 'share',
  note: 'of its event loop; a saturated sink measures itself',
};

/** For backlogs at full speed that are judged by loss, memory or a share: on two cores the sink is three quarters busy then, and on a busy machine more. */
export const sinkMayBeBusy: CheckSpec = {
  ...sinkNotSaturated,
  limit: 0.95,
  note: 'of its event loop; no rate is judged',
};

/** Lag counts from the intended time, so slip cannot hide it; but beyond this the load was another one than the run says. */
export const generatorKeptSchedule: CheckSpec = {
  name: 'uploads behind their schedule, worst',
  kind: 'validity',
  path: 'load.scheduleSlipMs.max',
  op: '<=',
  limit: 1000,
  unit: 'ms',
  note: 'the load must arrive as scheduled',
};

/** For scenarios whose verdict bears more of it; `why` is for the report. */
export function slipUnder(limitS: number, why: string): CheckSpec {
  return { ...generatorKeptSchedule, limit: limitS * 1000, note: why };
}

/** Where lag is held under a limit of a minute: slip makes it worse, and never better. */
export const lagShowsSlip = slipUnder(5, 'lag counts from the intended time all the same');

/** Where loss and repetition are judged, and no latency or rate: a busy machine must not void that. */
export const mayComeLate = slipUnder(5, 'no latency or rate is judged');

export const sinkHasHeadroom: CheckSpec = {
  name: 'rate over what the sink takes alone',
  kind: 'validity',
  path: 'sinkCeiling.shareUsed',
  op: '<=',
  limit: ceilingShareMax,
  unit: 'share',
  note: 'a run near the ceiling of the sink measures the sink',
};

/** The shipped `memory.limit`, in MB. */
export const memoryLimitMB = 268.435_456;
/** What the heap, the code and the allocator take beyond the accounted bytes. */
export const rssOverLimitMax = 1.5;
