/** An instance that sleeps through the end of its lease, and then believes that no time has passed. */
import { defineScenario } from '../define-scenario.ts';
import type { ScenarioBuilder, Setting } from '../scenario.ts';
import {
  distantAgents,
  documentedObjects,
  instances,
  oneAtATime,
  pauseUnder,
  sharingChecks,
  sharingObservations,
  sharingSettings,
  shortLease,
  shortLeaseTtlS,
  takeOverChecks,
} from './sharing.ts';

/** So that an object takes seconds, and a zombie that is not refused has thousands of lines left to send. */
const oneBody = oneAtATime('the instance has much in hand when it falls asleep');

/** And little that is acknowledged and not yet saved: what a refused zombie repeats is then far less than what one that is not would. */
const savedOften: Setting = {
  key: 'state.save_interval',
  value: '100ms',
  shipped: '1s',
  why: 'the bound of duplicates is small beside what a zombie could send',
};

export const zombieInstance: ScenarioBuilder = ({ random, durationS }) => {
  const loadS = durationS ?? 40;
  return defineScenario({
    name: 'zombie-instance',
    why: 'One of three instances is paused (SIGSTOP) beyond its lease, and goes on (SIGCONT) when others have its work.',
    proves: 'Claims and completions of a zombie are refused; what it had acknowledged still counts.',
    takesS: loadS + 5,
    load: documentedObjects(loadS),
    streamers: instances,
    redis: 'standalone',
    settings: [...sharingSettings, shortLease, oneBody, savedOften],
    faults: [
      distantAgents(300),
      {
        at: { afterS: loadS * (0.1 + 0.2 * random.next()) },
        action: {
          kind: 'pause-streamer',
          streamer: random.below(instances),
          forS: shortLeaseTtlS * (2 + 2 * random.next()),
        },
      },
    ],
    observe: sharingObservations,
    // Where it was the one that lists, another does so within a lease and a third.
    expect: [...sharingChecks, ...takeOverChecks(shortLeaseTtlS), pauseUnder(2 * shortLeaseTtlS)],
  });
};
