/** Redis is away for longer than a lease, and comes back with all that it knew. */
import { defineScenario } from '../define-scenario.ts';
import { expectObserved } from '../observe/observation.ts';
import { readinessGreenAfter, readinessRedAfter } from '../observe/readiness.ts';
import type { ScenarioBuilder } from '../scenario.ts';
import {
  distantAgents,
  doubleLoad,
  instances,
  onlyInHandReadTwice,
  pauseUnder,
  sharingChecks,
  sharingObservations,
  sharingSettings,
} from './sharing.ts';

const outageS = 45;
const calmS = 10;

/** A renewal is due every 5 s, and given up after 3; progress is saved every second. */
const redWithinS = 10;
const greenWithinS = 10;

const readinessTellsIt = [
  expectObserved(readinessRedAfter, 'performance', '<', redWithinS * 1000, 'on every instance, and to the end'),
  expectObserved(readinessGreenAfter, 'performance', '<', greenWithinS * 1000, 'on every instance'),
];

export const redisOutage: ScenarioBuilder = ({ random, durationS }) => {
  const awayS = durationS ?? outageS;
  // A server that is gone and one that hangs look different to a client.
  const harm = random.next() < 0.5 ? 'refuse' : 'hang';
  return defineScenario({
    name: 'redis-outage',
    why: `Three instances at 2x, and Redis is away for ${awayS} s: ${harm === 'refuse' ? 'it refuses connections' : 'it takes connections and answers nothing'} (by the seed).`,
    proves:
      'Without Redis nothing is lost and nobody falls back to private state; readiness tells it; the lag stays within the SLO.',
    takesS: awayS + 2 * calmS + 10,
    load: doubleLoad(awayS + 2 * calmS),
    streamers: instances,
    redis: 'standalone',
    settings: sharingSettings,
    faults: [
      distantAgents(400),
      { at: { afterS: calmS * (0.5 + 0.5 * random.next()) }, action: { kind: 'redis', harm, forS: awayS } },
    ],
    observe: [...sharingObservations, readinessRedAfter, readinessGreenAfter],
    // Nothing is claimed meanwhile.
    expect: [...sharingChecks, pauseUnder(awayS + 5), onlyInHandReadTwice, ...readinessTellsIt],
    settleDeadlineS: 90,
  });
};
