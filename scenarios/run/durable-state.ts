/**
 * What durable state holds at this moment, read through the streamer's own stores: from a copy of a file, or out of Redis. Nobody's word is taken for it.
 */
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { clientOptions } from '#simulator';
import {
  journalPathOf,
  type ObjectRecord,
  type ObjectRef,
  openState,
  parseConfig,
  type StateStore,
  unionRanges,
} from '#streamer';
import type { Stage } from './context.ts';
import { linesNotDurable } from './duplicate-bound.ts';
import { openCopyOfLiving, openCopyOfSilent } from './state-copy.ts';
import type { Streamer } from './streamer.ts';
import { streamerConfigYaml } from './streamer-config.ts';
import { readUploads } from './uploads.ts';

/** Which memory counts: that of whoever goes on after the fault. */
export type DurableSource =
  /** The state file of a streamer by itself, which has fallen silent. */
  | { readonly kind: 'file'; readonly streamer: Streamer }
  /** What all others know of an instance that is gone. */
  | { readonly kind: 'redis' }
  /** What the instances tell a Redis that has forgotten. */
  | { readonly kind: 'journals'; readonly streamers: readonly Streamer[] };

export interface DurableObject {
  /** In the load. */
  readonly index: number;
  readonly key: string;
  readonly record: ObjectRecord;
}

/** The source that is left when a streamer has fallen silent. */
export function withoutStreamer({ redis }: Stage, streamer: Streamer): DurableSource {
  return redis === null ? { kind: 'file', streamer } : { kind: 'redis' };
}

/** `uploadRecords`: what the generators say they uploaded. */
export async function readDurable(
  stage: Stage,
  source: DurableSource,
  uploadRecords: readonly string[],
): Promise<readonly DurableObject[]> {
  const objects = await listObjects(stage);
  const memories: ReadonlyMap<string, ObjectRecord>[] = [];
  for (const store of await openStores(stage, source)) memories.push(await lookup(store, objects));
  const uploads = uploadRecords.flatMap((record) => readUploads(record));
  const recordOf = (key: string): ObjectRecord => mergeRecords(memories.map((memory) => memory.get(key)));
  return uploads.map(({ index, key }) => ({ index, key, record: recordOf(key) }));
}

/** Lines that have reached the sink and that nobody who reads this state knows to be settled; of these objects only, where they are named. */
export async function countLinesNotDurable(
  { sink, load }: Stage,
  durable: readonly DurableObject[],
  only: readonly string[] | null = null,
): Promise<number> {
  const wanted = only === null ? null : new Set(only);
  const counted = durable.filter(({ key }) => wanted === null || wanted.has(key));
  const byIndex = new Map(counted.map(({ index, record }) => [index, record]));
  const delivered = (await sink.client.objects()).filter(({ index }) => byIndex.has(index));
  return linesNotDurable(delivered, byIndex, (index) => load.readTable(index));
}

/** What the streamer has read and nobody knows to be complete: when it falls silent, others have to read it. */
export function objectsInHand({ log }: Streamer, durable: readonly DurableObject[]): readonly string[] {
  log.update();
  const keys = new Set(log.reads.map(({ key }) => key));
  return durable.filter(({ key, record }) => keys.has(key) && record.kind !== 'complete').map(({ key }) => key);
}

async function openStores(stage: Stage, source: DurableSource): Promise<readonly StateStore[]> {
  const newFolder = (): string => stage.processes.temporaryFolder('state');
  switch (source.kind) {
    case 'file':
      return [openCopyOfSilent(source.streamer.stateFile, newFolder())];
    case 'redis':
      return [await openRedis(stage)];
    case 'journals':
      return source.streamers.map(({ stateFile }) => openCopyOfLiving(journalPathOf(stateFile), newFolder()));
  }
}

/** As an instance that joins, and that asks only. */
async function openRedis({ processes, redis, s3, prefix, sink, scenario }: Stage): Promise<StateStore> {
  const stateFile = join(processes.temporaryFolder('state'), 'state.db');
  const { endpoints } = sink;
  const yaml = streamerConfigYaml({
    s3,
    prefix,
    endpoints,
    stateFile,
    redis,
    settings: scenario.settings,
  });
  const { config } = parseConfig(yaml, process.env, 'streamer.yaml');
  return (await openState(config, { emit: () => undefined })).state;
}

async function lookup(store: StateStore, objects: readonly ObjectRef[]): Promise<ReadonlyMap<string, ObjectRecord>> {
  try {
    const records = await store.lookup(objects);
    return new Map(objects.map((object, at) => [object.key, records[at] ?? { kind: 'unknown' }]));
  } finally {
    await store.close();
  }
}

/** What was durable at either of two moments, of the objects that there were at the later one. */
export function unionOf(later: readonly DurableObject[], earlier: readonly DurableObject[]): readonly DurableObject[] {
  const before = new Map(earlier.map(({ index, record }) => [index, record]));
  return later.map((object) => ({ ...object, record: mergeRecords([object.record, before.get(object.index)]) }));
}

/** A set union: what any of them knows is known. */
export function mergeRecords(records: readonly (ObjectRecord | undefined)[]): ObjectRecord {
  return records.reduce<ObjectRecord>(
    (merged, record) => {
      if (record === undefined || record.kind === 'unknown' || merged.kind === 'complete') return merged;
      if (record.kind === 'complete' || merged.kind === 'unknown') return record;
      return { kind: 'partial', settled: unionRanges(merged.settled, record.settled) };
    },
    { kind: 'unknown' },
  );
}

/** Every object of the run, as the streamer identifies it. */
async function listObjects({ s3, prefix, time }: Stage): Promise<readonly ObjectRef[]> {
  const client = new S3Client(clientOptions(s3));
  const objects: ObjectRef[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: s3.bucket,
        Prefix: prefix,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    );
    for (const { Key, ETag, Size, LastModified } of page.Contents ?? []) {
      if (Key === undefined || ETag === undefined || LastModified === undefined) continue;
      objects.push({
        bucket: s3.bucket,
        key: Key,
        etag: ETag.replaceAll('"', ''),
        sizeBytes: Size ?? 0,
        // As the streamer is told, where the run takes place at another time: its state is kept by that.
        lastModifiedMs: LastModified.getTime() + time.aheadMs,
      });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  client.destroy();
  return objects;
}
