/** What the streamer's state file holds at this moment, read through the streamer's own store from a copy. */
import { cpSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { clientOptions } from '#simulator';
import { type ObjectRecord, type ObjectRef, openFileStateStore } from '#streamer';
import type { Stage } from './context.ts';
import { linesNotDurable } from './duplicate-bound.ts';
import { readUploads } from './uploads.ts';

/** Lines that have reached the sink and that a streamer resuming from this state file does not know to be settled. */
export async function countLinesNotDurable(
  stage: Stage,
  stateFile: string,
  records: readonly string[],
): Promise<number> {
  const copy = join(stage.processes.temporaryFolder('state'), basename(stateFile));
  // With its journal, which holds the last commits; and a copy, because opening a database already changes it.
  cpSync(dirname(stateFile), dirname(copy), { recursive: true });
  const durable = await lookup(copy, await listObjects(stage));
  const uploads = records.flatMap((record) => readUploads(record));
  const byIndex = new Map(uploads.map(({ index, key }) => [index, durable.get(key) ?? { kind: 'unknown' as const }]));
  return linesNotDurable(await stage.sink.client.objects(), byIndex, (index) => stage.load.readTable(index));
}

async function lookup(stateFile: string, objects: readonly ObjectRef[]): Promise<ReadonlyMap<string, ObjectRecord>> {
  const store = openFileStateStore(stateFile);
  try {
    const records = await store.lookup(objects);
    return new Map(objects.map((object, at) => [object.key, records[at] ?? { kind: 'unknown' }]));
  } finally {
    await store.close();
  }
}

/** Every object of the run, as the streamer identifies it. */
async function listObjects({ s3, prefix }: Stage): Promise<readonly ObjectRef[]> {
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
        lastModifiedMs: LastModified.getTime(),
      });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  client.destroy();
  return objects;
}
