/**
 * The yardstick for tiny objects: what it costs to list and GET them at all, through the SDK, as many at a time as the streamer reads. Nothing is inflated
 * or sent. A process of its own, with its options as one JSON argument; it prints its figures and ends.
 */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { listKeys } from './list-keys.ts';

const optionsSchema = z.strictObject({
  endpoint: z.string(),
  region: z.string(),
  forcePathStyle: z.boolean(),
  bucket: z.string(),
  prefix: z.string(),
});

/** The streamer's `processing.worker_count`. */
const objectsInFlight = 15;

const { bucket, prefix, ...client } = optionsSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
const s3 = new S3Client(client);

const startedMs = performance.now();
const keys = await listKeys(s3, bucket, prefix);
let next = 0;
await Promise.all(Array.from({ length: objectsInFlight }, getObjects));
const elapsedS = (performance.now() - startedMs) / 1000;
const { user, system } = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ objects: keys.length, elapsedS, cpuS: (user + system) / 1e6 })}\n`);

async function getObjects(): Promise<void> {
  for (let key = keys[next++]; key !== undefined; key = keys[next++]) {
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    await body?.transformToByteArray();
  }
}
