/** A roll-out: each instance in turn is asked to end, and started again. */
import { lagSlo } from '../checks.ts';
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

/** What an instance keeps when it ends is free for others only when its lease is over, and that was renewed at most a third of it ago. */
const leaseLeftSMin = shippedLeaseTtlS * (2 / 3);
const nobodyWaitedForALease = {
  ...lagSlo,
  name: 'lag, worst file',
  limit: leaseLeftSMin * 1000,
  note: 'less than is left of any lease when its instance ends',
};

export const rollingRestart: ScenarioBuilder = ({ random, durationS }) => {
  const loadS = durationS ?? 40;
  return defineScenario({
    name: 'rolling-restart',
    why: 'Three instances at 2x, and each in turn is restarted with SIGTERM.',
    proves: 'A roll-out loses nothing, repeats nothing, and nobody waits for a lease to end.',
    takesS: loadS + 5,
    load: doubleLoad(loadS),
    streamers: instances,
    redis: 'standalone',
    settings: sharingSettings,
    faults: [
      distantAgents(400),
      {
        at: { afterS: 3 + 3 * random.next() },
        action: { kind: 'restart-streamers', restS: 2 + 3 * random.next() },
      },
    ],
    observe: sharingObservations,
    expect: [...sharingChecks, pauseUnder(5), onlyInHandReadTwice, nobodyWaitedForALease],
  });
};
