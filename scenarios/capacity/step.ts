/** One step of an experiment: a run of its own, with fresh processes, and the point that it gives. */
import type { CapacityPoint, Result } from '#reports';
import { HarnessError } from '#simulator';
import {
  duplicatesWithinBound,
  generatorKeptSchedule,
  nothingLost,
  sinkHasHeadroom,
  sinkNotSaturated,
} from '../checks.ts';
import { describeMachine } from '../environment/machine.ts';
import type { RunOptions } from '../run/context.ts';
import { runScenario } from '../run/run.ts';
import { backlogPart, defineScenario, loadOf } from '../define-scenario.ts';
import { distantAgents } from '../catalogue/sharing.ts';
import { redisServiceTimes, serviceTimes } from '../observe/service-times.ts';
import type { LoadPart, LoadPlan, Scenario, Setting } from '../scenario.ts';
import { stagesOf } from './limiting-stage.ts';
import { steadyRawMBps } from './steady-rate.ts';
import { damageChecks, judgeSustainability } from './sustainable.ts';

/** What is under test, and with how much. */
export interface StepPlan {
  readonly settings: readonly Setting[];
  readonly endpoints: number;
  readonly instances: number;
  /** State in Redis, as several instances need it. One alone may have it, too: to be compared with several, it must. */
  readonly isShared: boolean;
  /** Mean time that the mock agents take to answer; 0 for at once. */
  readonly agentLatencyMs: number;
  readonly shape: LoadPlan['shape'];
  /** Without the warm-up. The same number for all steps of an experiment: its load is then prepared once. */
  readonly objects: number;
  /** Null drains a backlog of the objects instead. */
  readonly offeredRawMBps: number | null;
  readonly sloLagMs: number;
}

/** One instance with its own state, next to its agents, on objects as documented. */
export const singleInstance = {
  instances: 1,
  isShared: false,
  agentLatencyMs: 0,
  shape: loadOf('', []).shape,
} as const satisfies Partial<StepPlan>;

/** Uploaded and settled before the clock starts. */
const warmupObjects = 4;
/** The first part of the schedule is not judged: queues fill, code is compiled. */
const warmupShare = 0.25;
const warmupMaxS = 10;
/** A step far over the edge must still be seen to lose nothing. */
const settleDeadlineS = 90;

export async function runStep(plan: StepPlan, experiment: string, options: RunOptions): Promise<CapacityPoint> {
  const scenario = scenarioOf(plan);
  const { result } = await runScenario(scenario, options);
  const damage = damageOf(result);
  if (damage.length > 0)
    throw new HarnessError('streamer', `The streamer failed in a step: ${damage.join('; ')}. Again: ${result.replay}`);
  return pointOf(plan, experiment, result);
}

/** What was measured of it: it is no matter of capacity. */
export function damageOf(result: Pick<Result, 'checks'>): readonly string[] {
  return damageChecks(result).flatMap(({ name, actual }) => (actual === null ? [] : [`${name}: ${actual}`]));
}

/** The run that measures the plan. */
export function scenarioOf(plan: StepPlan): Scenario {
  const { settings, endpoints, instances, isShared, agentLatencyMs, shape, objects, offeredRawMBps } = plan;
  const isBacklog = offeredRawMBps === null;
  return defineScenario({
    name: 'capacity-step',
    why: isBacklog ? 'How fast a backlog drains.' : `Whether ${offeredRawMBps} MB/s raw are kept up with.`,
    proves: 'What this configuration sustains.',
    takesS: 60,
    load: isBacklog
      ? loadOf('max', [backlogPart('backlog', objects + warmupObjects)], { shape })
      : loadOf(`${offeredRawMBps} MB/s`, [schedulePart(objects, offeredRawMBps)], { shape, warmupObjects }),
    agents: endpoints,
    streamers: instances,
    redis: isShared ? 'standalone' : null,
    settings,
    faults: agentLatencyMs === 0 ? [] : [distantAgents(agentLatencyMs)],
    observe: [...serviceTimes, ...(isShared ? redisServiceTimes : [])],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      sinkNotSaturated,
      // Some five seconds a step. Instances that wait for distant agents stay far below any ceiling.
      ...(agentLatencyMs === 0 ? [sinkHasHeadroom] : []),
      ...(isBacklog ? [] : [generatorKeptSchedule]),
    ],
    settleDeadlineS,
  });
}

function schedulePart(objects: number, offeredRawMBps: number): LoadPart {
  return { name: 'load', objects, arrival: { kind: 'constant', rawMBPerMin: offeredRawMBps * 60 } };
}

/** What the run says of the plan. */
export function pointOf(plan: StepPlan, experiment: string, result: Result): CapacityPoint {
  const { load, latencyMs, throughput, resources, requests } = result;
  const rawMB = load.rawBytes / 1e6;
  const scheduleS = plan.offeredRawMBps === null ? null : scheduledMB(result) / plan.offeredRawMBps;
  const processed = throughput.rawMBPerCpuS;
  return {
    schemaVersion: 1,
    experiment,
    at: result.startedAt,
    seed: result.seed,
    replay: result.replay,
    machine: describeMachine(),
    s3: `${result.environment.s3.kind} ${result.environment.s3.version ?? ''}`.trim(),
    settings: Object.fromEntries(plan.settings.map(({ key, value }) => [key, value])),
    instances: result.streamer.instances,
    endpoints: plan.endpoints,
    redis: plan.isShared ? `${result.environment.redis.kind} ${result.environment.redis.version ?? ''}`.trim() : null,
    agentLatencyMs: plan.agentLatencyMs,
    load: {
      kind: plan.offeredRawMBps === null ? 'backlog' : 'open loop',
      offeredRawMBps: plan.offeredRawMBps,
      scheduleS,
      objects: load.files,
      rawMBPerObject: rawMB / load.files,
      gzipRatio: load.rawBytes / load.gzBytes,
    },
    outcome: scheduleS === null ? outcomeOfDrain(result) : outcomeOfSchedule(plan, result, scheduleS),
    measured: {
      rawMBps: throughput.rawMBps,
      steadyRawMBps: plan.offeredRawMBps === null ? steadyRawMBps(result.timeline) : null,
      lagP50Ms: latencyMs.lag.p50,
      lagP99Ms: latencyMs.lag.p99,
      cpuSPerGB: processed === null ? null : 1000 / processed,
      // The run has the sum of all its instances.
      rssMaxMB: resources.streamer.rssMaxMB === null ? null : resources.streamer.rssMaxMB / result.streamer.instances,
      listPerGB: requests.perGB.list,
      getPerGB: requests.perGB.get,
      postPerGB: requests.perGB.post,
      redisCommandsPerGB: requests.perGB.redis,
    },
    stages: stagesOf(result).map((stage) => ({ ...stage })),
  };
}

/** Raw, without the warm-up: `load` has all that was uploaded, and a schedule that is thought longer than it is has some drain judged as load. */
function scheduledMB({ timeline }: Result): number {
  return timeline.reduce((sum, { offeredRawBytes }) => sum + offeredRawBytes, 0) / 1e6;
}

function outcomeOfDrain(result: Result): CapacityPoint['outcome'] {
  const failed = result.checks.filter(({ ok }) => !ok);
  return {
    kind: failed.length === 0 ? 'drained' : 'invalid',
    reasons: failed.map(({ name, actual }) => `${name}: ${actual ?? 'not measured'}`),
    backlogGrowthShare: null,
    lagSlopeUpperSPerS: null,
    lagHighMs: null,
  };
}

function outcomeOfSchedule({ sloLagMs }: StepPlan, result: Result, scheduleS: number): CapacityPoint['outcome'] {
  const warmupS = Math.min(warmupMaxS, Math.ceil(scheduleS * warmupShare));
  return judgeSustainability(result, { sloLagMs, warmupS, scheduleS });
}
