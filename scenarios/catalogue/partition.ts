/** One of three instances is cut off from Redis alone: it can still read, and send, and must not. */
import { constantPart, defineScenario, documentedRawMBPerMin, loadOf } from '../define-scenario.ts';
import { claimsLost, completedBeyondLease } from '../observe/instances.ts';
import { expectObserved } from '../observe/observation.ts';
import { readinessGreenSince, readinessRedDuring, redWithoutCause } from '../observe/readiness.ts';
import type { ScenarioBuilder } from '../scenario.ts';
import {
  distantAgents,
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

/** What it has under way when its lease ends, and so may come twice, is then small beside what it could send, and it has work in hand for longer than its lease. */
const oneBody = oneAtATime('the bound of duplicates is small beside what an instance could send that goes on');

/** Several objects at once, as with the shipped `scan_interval`: each instance has work for three leases. */
const burstEveryS = 24;
/** In the second one is cut off, and in the third it is back. */
const bursts = 3;
const timesDocumented = 1.5;
/** What they take longer for than a lease. */
const objectsInHandMin = 3;

/** A command is given up after 3 s, and the lease is renewed every third of it. */
const redWithinS = 6;
/** What hangs in a connection that is forgotten is given up after 3 s, and the connection 2 s later. */
const greenWithinS = 8;
const red = readinessRedDuring(1, 'the instance that is cut off');
const green = readinessGreenSince(1, 'the instance that is cut off');

export const partition: ScenarioBuilder = ({ random }) => {
  const loadS = bursts * burstEveryS;
  const load = constantPart('live', timesDocumented, loadS);
  const rawMBPerMin = timesDocumented * documentedRawMBPerMin;
  // A cable that was unplugged; or a firewall that has forgotten the connections.
  const afterwards = random.pick(['goes-on', 'forgotten'] as const);
  return defineScenario({
    name: 'partition',
    why: 'One of three instances is cut off from Redis alone, silently, for longer than its lease; S3 and agents it can reach.',
    proves:
      'An instance that Redis does not hear sends nothing beyond its lease; what it had acknowledged still counts.',
    takesS: loadS + 10,
    load: loadOf(`${timesDocumented}x`, [{ ...load, arrival: { kind: 'bursts', rawMBPerMin, everyS: burstEveryS } }]),
    streamers: instances,
    redis: 'standalone',
    settings: [...sharingSettings, shortLease, oneBody],
    faults: [
      distantAgents(300),
      {
        // When the second burst has just come.
        at: { afterS: burstEveryS + 1 + random.next() },
        action: {
          kind: 'network',
          label: `one instance cut off from Redis (then its connections are ${afterwards})`,
          between: 'streamer-redis',
          streamer: random.below(instances),
          objectsInHandMin,
          faults: [{ kind: 'black-hole', afterwards }],
          forS: shortLeaseTtlS * 2 + random.below(2 * shortLeaseTtlS),
        },
      },
    ],
    observe: [...sharingObservations, claimsLost, completedBeyondLease, red, green, redWithoutCause],
    expect: [
      ...sharingChecks,
      ...takeOverChecks(shortLeaseTtlS),
      expectObserved(claimsLost, 'validity', '>', 0),
      expectObserved(completedBeyondLease, 'integrity', '==', 0),
      expectObserved(red, 'performance', '<', redWithinS * 1000),
      expectObserved(green, 'performance', '<', greenWithinS * 1000),
      expectObserved(redWithoutCause, 'performance', '==', 0),
      // Where it was the one that lists, another does so within a lease and a third.
      pauseUnder(2 * shortLeaseTtlS),
    ],
  });
};
