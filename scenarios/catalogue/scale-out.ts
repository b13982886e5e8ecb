/** One backlog, drained by one instance, then by two, then by four. */
import { duplicatesWithinBound, nothingLost } from '../checks.ts';
import { defineScenario } from '../define-scenario.ts';
import { objectsReadTwice } from '../observe/instances.ts';
import { expectObserved } from '../observe/observation.ts';
import { rateOver, rateOfPhase } from '../observe/phases.ts';
import type { ScenarioBuilder, Setting } from '../scenario.ts';
import { distantAgents, pauseUnder, sharingObservations, sharingSettings, smallBacklog } from './sharing.ts';

/** The share of the backlog that is drained when others join: each phase then takes about as long, if the rate doubles with the instances. */
const secondJoinsAt = 1 / 7;
const othersJoinAt = 3 / 7;

/** Two POSTs at a time to agents 250 ms away: about 8 MB/s an instance, so that four of them fit on two cores. */
const latencyBound: Setting = {
  key: 'http.workers',
  value: 2,
  shipped: 10,
  why: 'each instance waits for its answers, not for a core',
};

export const scaleOut: ScenarioBuilder = () => {
  const [alone, two, four] = [rateOfPhase(0), rateOfPhase(1), rateOfPhase(2)];
  const [overTwo, overFour] = [rateOver(two, alone, 'twoOverOne'), rateOver(four, alone, 'fourOverOne')];
  return defineScenario({
    name: 'scale-out',
    why: 'A backlog is drained by one instance; then a second joins, then two more.',
    proves:
      'Horizontal scaling requires Redis: with it the rate grows with the instances, and no object is read twice.',
    takesS: 50,
    load: smallBacklog(420),
    streamers: 4,
    streamersAtStart: 1,
    redis: 'standalone',
    settings: [...sharingSettings, latencyBound],
    faults: [
      distantAgents(250),
      { at: { deliveredShare: secondJoinsAt }, action: { kind: 'start-streamers', count: 1 } },
      { at: { deliveredShare: othersJoinAt }, action: { kind: 'start-streamers', count: 2 } },
    ],
    observe: [...sharingObservations, alone, two, four, overTwo, overFour],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      expectObserved(objectsReadTwice, 'integrity', '==', 0),
      pauseUnder(5),
      expectObserved(overTwo, 'performance', '>=', 1.7, 'phase 1: one instance; phase 2: two'),
      expectObserved(overFour, 'performance', '>=', 3, 'phase 3: four'),
    ],
    settleDeadlineS: 180,
  });
};
