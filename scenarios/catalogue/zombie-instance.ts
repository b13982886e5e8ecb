/** An instance that sleeps through the end of its lease, and then believes that no time has passed. */
import { defineScenario } from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';
import {
  distantAgents,
  doubleLoad,
  sharingChecks,
  sharingObservations,
  sharingSettings,
  shortLease,
  shortLeaseTtlS,
  takeOverChecks,
} from './sharing.ts';

export const zombieInstance: ScenarioBuilder = ({ random, durationS }) => {
  const loadS = durationS ?? 40;
  const streamers = 3;
  return defineScenario({
    name: 'zombie-instance',
    why: 'One of three instances is paused (SIGSTOP) beyond its lease, and goes on (SIGCONT) when others have its work.',
    proves: 'Claims and completions of a zombie are refused; what it had acknowledged still counts.',
    takesS: loadS + 5,
    load: doubleLoad(loadS),
    streamers,
    redis: 'standalone',
    settings: [...sharingSettings, shortLease],
    faults: [
      distantAgents(800),
      {
        at: { afterS: loadS * (0.1 + 0.2 * random.next()) },
        action: {
          kind: 'pause-streamer',
          streamer: random.below(streamers),
          forS: shortLeaseTtlS * (2 + 2 * random.next()),
        },
      },
    ],
    observe: sharingObservations,
    expect: [...sharingChecks, ...takeOverChecks(shortLeaseTtlS)],
  });
};
