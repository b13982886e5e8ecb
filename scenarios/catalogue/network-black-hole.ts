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
  /** Until the next one: what piled up is to be delivered before it, and files come by which the recovery is judged: longer than `recoveryS`. */
  readonly calmS: number;
}

const holes: readonly Hole[] = [
  // Three POSTs to each agent must have waited for their answers (http.response_header_timeout, 10 s).
  { between: 'streamer-sink', what: 'agents', forS: 20, redWithinS: 15, calmS: 35 },
  // A LIST is given up after some 33 s without a byte, and S3 may fail for another 15 s.
  { between: 'streamer-s3', what: 'S3', forS: 55, redWithinS: 52, calmS: 45 },
  // A command is given up after 3 s; the lease is renewed every 5 s.
  { between: 'streamer-redis', what: 'Redis', forS: 20, redWithinS: 10, calmS: 35 },
];

/** The first hole begins then, or a little later. */
const firstAfterS = 12;
const firstWithinS = 4;
/** What hangs in connections that are forgotten is given up 10 s (a POST) or 33 s (S3) after it was sent, and what piled up takes its time. */
const recoveryS = 25;
const greenWithinS = 20;
const memoryLimitMB = 134.217_728;

const red = holes.map(({ what }, index) => readinessRedDuring(index, `${what} silent`));
const green = holes.map(({ what }, index) => readinessGreenSince(index, `${what} back`));
const lagAfterwards = lagInCalm(recoveryS);
const accountsWhileAgentsAreSilent = accountsDuring(0);

export const networkBlackHole: ScenarioBuilder = ({ random }) => {
  let afterS = firstAfterS + firstWithinS * random.next();
  const faults = holes.map(({ between, what, forS, calmS }): TimedFault => {
    const afterwards = random.pick(['goes-on', 'forgotten'] as const);
    const at = { afterS };
    afterS += forS + calmS;
    const label = `${what} silent (then connections are ${afterwards})`;
    return { at, action: { kind: 'network', label, between, faults: [{ kind: 'black-hole', afterwards }], forS } };
  });
  const loadS = firstAfterS + firstWithinS + lengthOf(holes);
  return defineScenario({
    name: 'network-black-hole',
    why: 'At 2x the network to the agents, to S3 and to Redis swallows everything in turn: connections stay open, and nothing comes.',
    proves:
      'Every wait ends, also where no error tells: nothing is lost, memory is bounded, and the lag recovers by itself.',
    takesS: loadS + 20,
    load: loadOf('2x', [constantPart('live', 2, loadS)], { warmupObjects: 4 }),
    redis: 'standalone',
    settings: [
      ...promptSettings,
      {
        key: 'memory.limit',
        value: '128MiB',
        shipped: '256MiB',
        why: 'less than what comes while the agents are silent',
      },
    ],
    faults,
    observe: [lagAfterwards, accountsWhileAgentsAreSilent, accountedBytes, rssOverIdle, ...red, ...green],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      expectObserved(lagAfterwards, 'performance', '<', 10_000, 'of which the generator may have been late by half'),
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

function lengthOf(all: readonly Hole[]): number {
  return all.reduce((sum, { forS, calmS }) => sum + forS + calmS, 0);
}
