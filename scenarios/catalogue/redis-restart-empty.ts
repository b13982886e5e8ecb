/** Redis comes back with an empty disk: what the instances remember is all that is left. */
import { defineScenario } from '../define-scenario.ts';
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
  shippedLeaseTtlS,
} from './sharing.ts';

export const redisRestartEmpty: ScenarioBuilder = ({ random, durationS }) => {
  const loadS = durationS ?? 40;
  const downS = 1 + 3 * random.next();
  return defineScenario({
    name: 'redis-restart-empty',
    why: 'Three instances at 2x, and Redis is killed with SIGKILL and started again with nothing.',
    proves: 'A Redis that forgets is told again by its instances: nothing is lost, and nothing starts all over.',
    takesS: loadS + 20,
    load: doubleLoad(loadS),
    streamers: instances,
    redis: 'standalone',
    settings: sharingSettings,
    faults: [
      distantAgents(400),
      {
        at: { afterS: loadS * (0.3 + 0.3 * random.next()) },
        action: { kind: 'redis', harm: 'forget', forS: downS },
      },
    ],
    observe: sharingObservations,
    // Nothing is claimed for one lease, so that all have told what they know.
    expect: [...sharingChecks, pauseUnder(downS + shippedLeaseTtlS + 5), onlyInHandReadTwice],
  });
};
