/** What the scenarios of several instances have in common. */
import type { CheckSpec } from '#reports';
import { documentedSpec, type SinkFault } from '#simulator';
import { duplicatesWithinBound, lagShowsSlip, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, documentedRawMBPerMin, loadOf, promptSettings } from '../define-scenario.ts';
import {
  longestPause,
  objectsLetGoMax,
  objectsOrphaned,
  objectsReadTwice,
  redisAwayTime,
  takeOverTime,
} from '../observe/instances.ts';
import { expectObserved, type Observation, observedPath } from '../observe/observation.ts';
import type { LoadPart, LoadPlan, Setting, TimedFault } from '../scenario.ts';

/** Smaller objects than the documented ones, and so more of them: each instance has some in hand at every moment. */
const rawMBPerObject = 2;
const { objects: _anyNumber, ...documentedShape } = documentedSpec(1);
export const sharedShape = { ...documentedShape, linesPerObject: documentedShape.linesPerObject / 5 };

export const instances = 3;

const timesDocumented = 2;

/** At twice the documented rate. */
export function doubleLoad(durationS: number): LoadPlan {
  const rawMBPerMin = documentedRawMBPerMin * timesDocumented;
  const objects = Math.round((rawMBPerMin / 60 / rawMBPerObject) * durationS);
  const live: LoadPart = { name: 'live', objects, arrival: { kind: 'constant', rawMBPerMin } };
  return loadOf(`${timesDocumented}x`, [live], { shape: sharedShape });
}

/** The same rate, in objects of the documented size. */
export function documentedObjects(durationS: number): LoadPlan {
  return loadOf(`${timesDocumented}x`, [constantPart('live', timesDocumented, durationS)]);
}

export function smallBacklog(objects: number): LoadPlan {
  return loadOf('max', [{ name: 'backlog', objects, arrival: { kind: 'backlog' } }], { shape: sharedShape });
}

/** Each reading of an object is told, so that those who read one twice are found. */
const readingsTold: Setting = {
  key: 'logging.level',
  value: 'debug',
  shipped: 'info',
  why: 'the run counts which instance read which object',
};

/** Where a run would otherwise be mostly waiting. */
export const shortLease: Setting = {
  key: 'state.redis.lease_ttl',
  value: '5s',
  shipped: '15s',
  why: 'a take-over takes up to twice this time, and a run should be short',
};
export const shortLeaseTtlS = 5;
export const shippedLeaseTtlS = 15;

/** Each object then takes seconds, and an instance has much in hand. */
export function oneAtATime(why: string): Setting {
  return { key: 'http.workers', value: 1, shipped: 10, why };
}

export const sharingSettings: readonly Setting[] = [...promptSettings, readingsTold];

/** An agent that is not next door: without it an object would be in hand for a few milliseconds, and a fault would hardly ever meet one. */
export function distantAgents(meanMs: number): TimedFault {
  const faults: readonly SinkFault[] = [
    { kind: 'latency', delay: { shape: 'uniform', minMs: meanMs / 2, maxMs: (meanMs * 3) / 2 } },
  ];
  const wholeRunS = 3600;
  return { at: { afterS: 0 }, action: { kind: 'sink', label: `agents ${meanMs} ms away`, faults, forS: wholeRunS } };
}

/** What every report of several instances shows. */
export const sharingObservations: readonly Observation[] = [
  longestPause,
  objectsReadTwice,
  objectsLetGoMax,
  objectsOrphaned,
  takeOverTime,
  redisAwayTime,
];

export const sharingChecks: readonly CheckSpec[] = [...nothingLost, duplicatesWithinBound, lagSlo, lagShowsSlip];

/** For faults of one instance: it had something in hand, others took it over, and read nothing else again. */
export function takeOverChecks(leaseTtlS: number): readonly CheckSpec[] {
  return [
    expectObserved(objectsOrphaned, 'validity', '>', 0, 'an instance with nothing in hand leaves nothing to take over'),
    expectObserved(takeOverTime, 'performance', '<=', 2 * leaseTtlS * 1000, 'twice the lease'),
    expectObserved(
      objectsReadTwice,
      'integrity',
      '<=',
      { path: 'observed.objectsOrphaned' },
      'only what it had in hand',
    ),
  ];
}

export function pauseUnder(limitS: number): CheckSpec {
  return expectObserved(longestPause, 'performance', '<', limitS * 1000);
}

/** For faults of all instances: what they had in hand may be read again, and nothing else. */
export const onlyInHandReadTwice = expectObserved(
  objectsReadTwice,
  'integrity',
  '<=',
  { path: observedPath(objectsLetGoMax.id) },
  'only what they had in hand',
);

export function redisAwayUnder(limitS: number): CheckSpec {
  return expectObserved(redisAwayTime, 'performance', '<', limitS * 1000);
}
