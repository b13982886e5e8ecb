/**
 * Redis spikes: how often progress is saved decides how much of it is written. Counted by Redis itself. An object is claimed and completed once, however long
 * the interval: so what there is to save depends on how long objects are under way.
 */
import { distantAgents, sharedShape } from '../../catalogue/sharing.ts';
import { loadOf } from '../../define-scenario.ts';
import { redisWritePeak, redisWriteRate } from '../../observe/redis-load.ts';
import type { LoadPlan } from '../../scenario.ts';
import { arm, setting } from '../arms.ts';
import { lagMedian, observed } from '../measures.ts';
import type { Arm, Claim, Row } from '../row.ts';

const offeredMBps = 8;
const durationS = 10;
const [often, seldom] = ['100ms', '2s'];
/** With agents 200 ms away some 10 MB/s: an object of 20 MB is under way for two seconds. */
const workers = 2;

type Size = 'small' | 'large';
const rawMBPerObject: Readonly<Record<Size, number>> = { small: 1, large: 20 };

function objectsOf(size: Size): LoadPlan {
  const rawMB = rawMBPerObject[size];
  const objects = Math.round((offeredMBps * durationS) / rawMB);
  const linesPerObject = Math.round((sharedShape.linesPerObject / 2) * rawMB);
  return loadOf(
    `${offeredMBps} MB/s`,
    [{ name: 'live', objects, arrival: { kind: 'constant', rawMBPerMin: offeredMBps * 60 } }],
    { shape: { ...sharedShape, linesPerObject } },
  );
}

function saving(size: Size, interval: string): Arm {
  return arm({
    name: `redis-${size}-save-${interval}`,
    why: `${offeredMBps} MB/s in objects of ${rawMBPerObject[size]} MB with state in Redis, saved every ${interval}.`,
    takesS: durationS + 4,
    load: objectsOf(size),
    redis: 'standalone',
    settings: [
      setting('state.save_interval', interval, '1s', 'the lever, or the symptom'),
      setting('http.workers', workers, 10, 'large objects are under way for a while'),
    ],
    faults: [distantAgents(200)],
  });
}

const savedLessOften = {
  lever: `state.save_interval ${often} to ${seldom}`,
  provided: [],
  price: lagMedian,
} as const satisfies Partial<Claim>;

const onAverage = {
  ...savedLessOften,
  measure: observed(redisWriteRate),
  symptom: { op: '>=', limit: 10 },
  effect: { kind: 'falls', to: 0.5 },
} as const;

/** One save writes no less than the claims and completions of the same second: spikes cannot fall as far as the average. */
const atTheSpikes = {
  ...savedLessOften,
  measure: observed(redisWritePeak),
  symptom: { op: '>=', limit: 20 },
  effect: { kind: 'falls', to: 0.7 },
} as const;

const large = { before: saving('large', often), after: saving('large', seldom) };
const small = { before: saving('small', often), after: saving('small', seldom) };

export const redisBySaveInterval: Row = {
  name: 'redis-save-interval',
  documented: ['redisSaveInterval'],
  rounds: 1,
  claims: [
    { ...onAverage, ...large, when: 'on average, objects that are under way for seconds' },
    { ...atTheSpikes, ...large, when: 'at the spikes, objects that are under way for seconds' },
    { ...onAverage, ...small, when: 'on average, many small objects' },
    { ...atTheSpikes, ...small, when: 'at the spikes, many small objects' },
  ],
};
