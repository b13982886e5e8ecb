/**
 * How long the parts of a run take by themselves, measured when it is over and nothing else is asked of them: what a simulated fleet is made of (`capacity
 * fleet`). CPU time where it is CPU time that counts, so that a busy machine changes little.
 */
import { gunzipSync } from 'node:zlib';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { median } from 'simple-statistics';
import { clientOptions } from '#simulator';
import type { Evidence } from '../run/evidence.ts';
import type { Observation } from './observation.ts';
import { measureRedisTimes, type RedisTimes } from './redis-times.ts';

const objectsInflated = 8;
const passes = 3;
const lists = 5;
const keysPerPage = 1000;

/** The pool inflates one object on one core. */
const inflateTime: Observation = {
  id: 'inflateMsPerRawMB',
  name: 'CPU time to inflate a raw MB',
  unit: 'ms',
  measure: async ({ stage: { load } }) => {
    const bodies: Buffer[] = [];
    const count = Math.min(objectsInflated, load.manifest.objects.length);
    for (let index = 0; index < count; index += 1) bodies.push(await load.readBody(index));
    // The least is nearest to the truth: what shares the cores only adds to it.
    return Math.min(...Array.from({ length: passes }, () => inflateMsPerRawMB(bodies)));
  },
};

function inflateMsPerRawMB(bodies: readonly Buffer[]): number {
  const before = process.cpuUsage();
  const rawBytes = bodies.reduce((sum, body) => sum + gunzipSync(body, { chunkSize: 1 << 20 }).length, 0);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (rawBytes / 1e6);
}

const emptyListTime: Observation = {
  id: 'listMs',
  name: 'time of a LIST that finds nothing',
  unit: 'ms',
  measure: async (evidence) => (await listTime(evidence, 'nothing-begins-with-this/')).ms,
};

const listTimePer1000: Observation = {
  id: 'listMsPer1000Keys',
  name: 'what 1,000 keys add to a LIST',
  unit: 'ms',
  measure: async (evidence) => {
    const full = await listTime(evidence, evidence.stage.prefix);
    if (full.keys === 0) return null;
    const empty = await listTime(evidence, 'nothing-begins-with-this/');
    return (Math.max(0, full.ms - empty.ms) / full.keys) * keysPerPage;
  },
};

async function listTime({ stage: { s3 } }: Evidence, prefix: string): Promise<{ ms: number; keys: number }> {
  const client = new S3Client({ ...clientOptions(s3), region: s3.region });
  const times: number[] = [];
  let keys = 0;
  try {
    // The first one connects.
    for (let round = 0; round <= lists; round += 1) {
      const startMs = performance.now();
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: prefix, MaxKeys: keysPerPage }),
      );
      if (round > 0) times.push(performance.now() - startMs);
      keys = page.KeyCount ?? 0;
    }
  } finally {
    client.destroy();
  }
  return { ms: median(times), keys };
}

function redisTime(id: string, name: string, field: keyof RedisTimes): Observation {
  return { id, name, unit: 'ms', measure: async (evidence) => (await redisTimesOf(evidence))?.[field] ?? null };
}

const measuredRedis = new WeakMap<Evidence, Promise<RedisTimes | null>>();

/** Once for all four. */
async function redisTimesOf(evidence: Evidence): Promise<RedisTimes | null> {
  const times = measuredRedis.get(evidence) ?? measureRedisTimes(evidence);
  measuredRedis.set(evidence, times);
  return times;
}

export const serviceTimes: readonly Observation[] = [inflateTime, emptyListTime, listTimePer1000];

export const redisServiceTimes: readonly Observation[] = [
  redisTime('redisMsPerCommand', 'time of Redis for a command', 'msPerCommand'),
  redisTime('redisMsPerObject', 'what an object adds to it', 'msPerObject'),
  redisTime('redisRoundTripMs', 'way to Redis and back', 'roundTripMs'),
  redisTime('journalMs', 'time to write the journal', 'journalMs'),
];
