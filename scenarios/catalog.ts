/** All scenarios by name. */
import { createRandom, HarnessError } from '#simulator';
import { ackAmbiguity } from './catalogue/ack-ambiguity.ts';
import { agentMetrics } from './catalogue/agent-metrics.ts';
import { agentTls } from './catalogue/agent-tls.ts';
import { backlogReplay } from './catalogue/backlog-replay.ts';
import { bigObject } from './catalogue/big-object.ts';
import { burst } from './catalogue/burst.ts';
import { clockSkew } from './catalogue/clock-skew.ts';
import { dirtyData } from './catalogue/dirty-data.ts';
import { endpointOutage } from './catalogue/endpoint-outage.ts';
import { lagSloScenario } from './catalogue/lag-slo.ts';
import { lateArrivals } from './catalogue/late-arrivals.ts';
import { partitionRollover } from './catalogue/partition-rollover.ts';
import { s3Outage } from './catalogue/s3-outage.ts';
import { s3Throttling } from './catalogue/s3-throttling.ts';
import { sinkBrownout } from './catalogue/sink-brownout.ts';
import { slowSink } from './catalogue/slow-sink.ts';
import { instanceCrash } from './catalogue/instance-crash.ts';
import { redisFailover } from './catalogue/redis-failover.ts';
import { redisOutage } from './catalogue/redis-outage.ts';
import { redisRestartEmpty } from './catalogue/redis-restart-empty.ts';
import { rollingRestart } from './catalogue/rolling-restart.ts';
import { scaleOut } from './catalogue/scale-out.ts';
import { zombieInstance } from './catalogue/zombie-instance.ts';
import { soak } from './catalogue/soak.ts';
import { streamerCrash } from './catalogue/streamer-crash.ts';
import { tinyObjects } from './catalogue/tiny-objects.ts';
import { throughput } from './catalogue/throughput.ts';
import type { Scenario, ScenarioBuilder, ScenarioOptions } from './scenario.ts';
import { snapshot } from './snapshot.ts';

const snapshotDurationS = 60;

/** In the order in which `all` runs them. */
const builders: readonly ScenarioBuilder[] = [
  ...(['1x', '10x', 'max'] as const).map(
    (rate): ScenarioBuilder =>
      ({ durationS }) =>
        snapshot({ rate, durationS: durationS ?? snapshotDurationS, agents: 3, asDocumented: false }),
  ),
  throughput,
  lagSloScenario,
  streamerCrash,
  endpointOutage,
  ackAmbiguity,
  dirtyData,
  slowSink,
  sinkBrownout,
  s3Throttling,
  s3Outage,
  backlogReplay,
  lateArrivals,
  partitionRollover,
  clockSkew,
  agentTls,
  agentMetrics,
  burst,
  bigObject,
  tinyObjects,
  soak,
  redisFailover,
  redisOutage,
  redisRestartEmpty,
  instanceCrash,
  zombieInstance,
  scaleOut,
  rollingRestart,
];

/** What a user may ask of any scenario. */
export interface ScenarioRequest extends Omit<ScenarioOptions, 'random'> {
  readonly seed: number;
}

export function allScenarios({ seed, ...options }: ScenarioRequest): readonly Scenario[] {
  return builders.map((build) => build({ ...options, random: createRandom(seed).fork('scenario') }));
}

export function findScenario(name: string, request: ScenarioRequest): Scenario {
  const all = allScenarios(request);
  const found = all.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const names = all.map((scenario) => scenario.name).join(', ');
  throw new HarnessError('usage', `There is no scenario ${name}. There are: ${names}.`);
}
