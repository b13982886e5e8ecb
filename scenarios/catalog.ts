/** All scenarios by name. */
import { createRandom, HarnessError } from '#simulator';
import { ackAmbiguity } from './catalogue/ack-ambiguity.ts';
import { agentMetrics } from './catalogue/agent-metrics.ts';
import { agentOptions } from './catalogue/agent-options.ts';
import { agentTls } from './catalogue/agent-tls.ts';
import { backlogReplay } from './catalogue/backlog-replay.ts';
import { bigObject } from './catalogue/big-object.ts';
import { burst } from './catalogue/burst.ts';
import { clockSkew } from './catalogue/clock-skew.ts';
import { dirtyData } from './catalogue/dirty-data.ts';
import { endpointOutage } from './catalogue/endpoint-outage.ts';
import { lagSloScenario } from './catalogue/lag-slo.ts';
import { lateArrivals } from './catalogue/late-arrivals.ts';
import { olderAgent } from './catalogue/older-agent.ts';
import { passThrough } from './catalogue/pass-through.ts';
import { partitionRollover } from './catalogue/partition-rollover.ts';
import { s3Outage } from './catalogue/s3-outage.ts';
import { s3Throttling } from './catalogue/s3-throttling.ts';
import { sinkBrownout } from './catalogue/sink-brownout.ts';
import { slowSink } from './catalogue/slow-sink.ts';
import { networkBlackHole } from './catalogue/network-black-hole.ts';
import { slowNetwork } from './catalogue/slow-network.ts';
import { partition } from './catalogue/partition.ts';
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
import type { Choice, Scenario, ScenarioBuilder, ScenarioRequest } from './scenario.ts';
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
  networkBlackHole,
  slowNetwork,
  backlogReplay,
  lateArrivals,
  partitionRollover,
  clockSkew,
  agentTls,
  agentMetrics,
  agentOptions,
  olderAgent,
  burst,
  bigObject,
  tinyObjects,
  passThrough,
  soak,
  redisFailover,
  redisOutage,
  redisRestartEmpty,
  instanceCrash,
  zombieInstance,
  partition,
  scaleOut,
  rollingRestart,
];

interface Built {
  readonly scenario: Scenario;
  readonly choices: ReadonlySet<Choice>;
}

export function allScenarios(request: ScenarioRequest): readonly Scenario[] {
  return buildAll(request).map(({ scenario }) => scenario);
}

export function findScenario(name: string, request: ScenarioRequest): Scenario {
  return findBuilt(name, request).scenario;
}

/** What can be chosen of the scenario. */
export function choicesOf(name: string, request: ScenarioRequest): ReadonlySet<Choice> {
  return findBuilt(name, request).choices;
}

/** Names of the scenarios of which this can be chosen. */
export function scenariosWith(choice: Choice, request: ScenarioRequest): readonly string[] {
  const built = buildAll(request).filter(({ choices }) => choices.has(choice));
  return built.map(({ scenario: { name } }) => name);
}

function buildAll(request: ScenarioRequest): readonly Built[] {
  return builders.map((build) => buildOne(build, request));
}

/** That it reads an option is how a builder says that it has a use for it: so the two cannot differ. */
function buildOne(build: ScenarioBuilder, { seed, durationS, isFull }: ScenarioRequest): Built {
  const choices = new Set<Choice>();
  const scenario = build({
    random: createRandom(seed).fork('scenario'),
    get durationS() {
      choices.add('durationS');
      return durationS;
    },
    get isFull() {
      choices.add('isFull');
      return isFull;
    },
  });
  return { scenario, choices };
}

function findBuilt(name: string, request: ScenarioRequest): Built {
  const all = buildAll(request);
  const found = all.find(({ scenario }) => scenario.name === name);
  if (found !== undefined) return found;
  const names = all.map(({ scenario }) => scenario.name).join(', ');
  throw new HarnessError('usage', `There is no scenario ${name}. There are: ${names}.`);
}
