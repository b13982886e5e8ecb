/** Redis comes back with an empty disk: what the instances remember is all that is left. */
import { defineScenario } from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';
import { distantAgents, doubleLoad, sharingChecks, sharingObservations, sharingSettings } from './sharing.ts';

export const redisRestartEmpty: ScenarioBuilder = ({ random, durationS }) => {
  const loadS = durationS ?? 40;
  return defineScenario({
    name: 'redis-restart-empty',
    why: 'Three instances at 2x, and Redis is killed with SIGKILL and started again with nothing.',
    proves: 'A Redis that forgets is told again by its instances: nothing is lost, and nothing starts all over.',
    takesS: loadS + 20,
    load: doubleLoad(loadS),
    streamers: 3,
    redis: 'standalone',
    settings: sharingSettings,
    faults: [
      distantAgents(400),
      {
        at: { afterS: loadS * (0.3 + 0.3 * random.next()) },
        action: { kind: 'redis', harm: 'forget', forS: 1 + 3 * random.next() },
      },
    ],
    observe: sharingObservations,
    expect: sharingChecks,
  });
};
