/** One of three instances dies with work in hand, and does not come back. */
import { defineScenario } from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';
import {
  distantAgents,
  doubleLoad,
  instances,
  pauseUnder,
  sharingChecks,
  sharingObservations,
  sharingSettings,
  shortLease,
  shortLeaseTtlS,
  takeOverChecks,
} from './sharing.ts';

export const instanceCrash: ScenarioBuilder = ({ random, durationS }) => {
  const loadS = durationS ?? 25;
  return defineScenario({
    name: 'instance-crash',
    why: 'Three instances at 2x, and one of them is killed with SIGKILL in mid-run and stays dead.',
    proves: "Horizontal scaling with Redis: a dead instance's work is taken over within twice the lease.",
    takesS: loadS + 5,
    load: doubleLoad(loadS),
    streamers: instances,
    redis: 'standalone',
    settings: [...sharingSettings, shortLease],
    faults: [
      distantAgents(800),
      {
        at: { afterS: loadS * (0.2 + 0.3 * random.next()) },
        action: { kind: 'kill-streamer', streamer: random.below(instances), downS: null },
      },
    ],
    observe: sharingObservations,
    // Where it was the one that lists, another does so within a lease and a third.
    expect: [...sharingChecks, ...takeOverChecks(shortLeaseTtlS), pauseUnder(2 * shortLeaseTtlS)],
  });
};
