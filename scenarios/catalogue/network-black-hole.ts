/** Connections to the agents, to S3 and to Redis stay open in turn, and nothing comes through: nobody says that anything is wrong. */
import { duplicatesWithinBound, lagShowsSlip, nothingLost, rssOverLimitMax } from '../checks.ts';
import { constantPart, defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { accountedBytes, accountsDuring, rssOverIdle } from '../observe/memory.ts';
import { expectObserved } from '../observe/observation.ts';
import { readinessGreenSince, readinessRedDuring } from '../observe/readiness.ts';
import { lagInCalm } from '../observe/recovery.ts';
import type { NetworkAction, ScenarioBuilder, TimedFault } from '../scenario.ts';

interface Hole {
  readonly between: NetworkAction['between'];
  readonly what: string;
  readonly forS: number;
  readonly redWithinS: number;
}

const holes: readonly Hole[] = [
  // Three POSTs to each agent must have waited for their answers (http.response_header_timeout, 10 s).
  { between: 'streamer-sink', what: 'agents', forS: 25, redWithinS: 15 },
  // A LIST is given up after 30 s without a byte, and S3 may fail for another 15 s.
  { between: 'streamer-s3', what: 'S3', forS: 50, redWithinS: 48 },
  // A command is given up after 3 s; the lease is renewed every 5 s.
  { between: 'streamer-redis', what: 'Redis', forS: 20, redWithinS: 10 },
];

const calmS = 24;
/** What hangs in connections that are forgotten is given up 10 s (a POST) or 30 s (S3) after it was sent. */
const recoveryS = 15;
const greenWithinS = 20;
const memoryLimitMB = 134.217_728;

const red = holes.map(({ what }, index) => readinessRedDuring(index, `${what} silent`));
const green = holes.map(({ what }, index) => readinessGreenSince(index, `${what} back`));
const lagAfterwards = lagInCalm(recoveryS);
const accountsWhileAgentsAreSilent = accountsDuring(0);

export const networkBlackHole: ScenarioBuilder = ({ random }) => {
  let afterS = 0;
  const faults = holes.map(({ between, what, forS }): TimedFault => {
    const afterwards = random.pick(['goes-on', 'forgotten'] as const);
    const at = { afterS: afterS + calmS * (0.7 + 0.2 * random.next()) };
    afterS += calmS + forS;
    const label = `${what} silent (then connections are ${afterwards})`;
    return { at, action: { kind: 'network', label, between, faults: [{ kind: 'black-hole', afterwards }], forS } };
  });
  const loadS = afterS + calmS;
  return defineScenario({
    name: 'network-black-hole',
    why: 'At 2x the network to the agents, to S3 and to Redis swallows everything in turn: connections stay open, and nothing comes.',
    proves: 'Every wait ends, also where no error tells: nothing is lost, memory is bounded, and the lag recovers by itself.',
    takesS: loadS + 20,
    load: loadOf('2x', [constantPart('live', 2, loadS)], { warmupObjects: 4 }),
    redis: 'standalone',
    settings: [
      ...promptSettings,
      { key: 'memory.limit', value: '128MiB', shipped: '256MiB', why: 'less than what comes while the agents are silent' },
    ],
    faults,
    observe: [lagAfterwards, accountsWhileAgentsAreSilent, accountedBytes, rssOverIdle, ...red, ...green],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      expectObserved(lagAfterwards, 'performance', '<', 10_000),
      expectObserved(accountsWhileAgentsAreSilent, 'validity', '>', 0, 'they are told every 10 s'),
      expectObserved(accountedBytes, 'integrity', '<=', memoryLimitMB, 'memory.limit'),
      expectObserved(rssOverIdle, 'performance', '<=', rssOverLimitMax * memoryLimitMB, '1.5 times memory.limit'),
      ...red.map((observation, index) =>
        expectObserved(observation, 'performance', '<', (holes[index]?.redWithinS ?? 0) * 1000, 'and to its end'),
      ),
      ...green.map((observation) => expectObserved(observation, 'performance', '<', greenWithinS * 1000)),
      lagShowsSlip,
    ],
    settleDeadlineS: 90,
  });
};
