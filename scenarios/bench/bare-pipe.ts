/**
 * The yardstick of throughput: what it costs to move these bytes at all. SDK get, one-shot gunzip with default options, 1 MiB posts
 * through an undici Pool, 8 objects in flight. No state, no accounting, no bounds, no retry: nothing that makes it a streamer.
 * gunzipSync and not gunzip: handing each 16 KiB to the thread pool and back costs as much again as inflating it.
 * Its posts end at a line's end (one backward search for \n each), because the sink that judges it counts whole lines.
 *
 * A process of its own: `bare-pipe.ts` with its options as one JSON argument. Having said that it starts, it moves everything, and then
 * waits to be ended, so that its CPU time can still be read.
 */
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Pool } from 'undici';
import { z } from 'zod';
import { listKeys } from './list-keys.ts';

const optionsSchema = z.strictObject({
  endpoint: z.string(),
  region: z.string(),
  forcePathStyle: z.boolean(),
  bucket: z.string(),
  prefix: z.string(),
  sinks: z.array(z.string()).min(1),
});

const objectsInFlight = 8;
const postBytesMax = 1 << 20;
const newline = 10;

const options = optionsSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
const { bucket, prefix } = options;
const s3 = new S3Client({
  endpoint: options.endpoint,
  region: options.region,
  forcePathStyle: options.forcePathStyle,
});
const pools = options.sinks.map((sink) => new Pool(new URL(sink).origin, { connections: objectsInFlight }));
const paths = options.sinks.map((sink) => new URL(sink).pathname);

process.stdout.write(`${JSON.stringify({ started: true, startedMs: performance.timeOrigin + performance.now() })}\n`);
const keys = await listKeys(s3, bucket, prefix);
let next = 0;
await Promise.all(Array.from({ length: objectsInFlight }, pump));
setInterval(() => undefined, 1000);

async function pump(): Promise<void> {
  for (let index = next++; index < keys.length; index = next++) {
    const key = keys[index];
    if (key !== undefined) await copyObject(key, index % pools.length);
  }
}

async function copyObject(key: string, sink: number): Promise<void> {
  const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (body === undefined) throw new Error(`no body: ${key}`);
  const raw = gunzipSync(await body.transformToByteArray());
  for (let start = 0; start < raw.length;) {
    const limit = start + postBytesMax;
    const end = limit >= raw.length ? raw.length : raw.lastIndexOf(newline, limit - 1) + 1;
    await post(raw.subarray(start, end), sink);
    start = end;
  }
}

async function post(lines: Buffer, sink: number): Promise<void> {
  const pool = pools[sink];
  if (pool === undefined) throw new Error(`no sink ${sink}`);
  const answer = await pool.request({
    method: 'POST',
    path: paths[sink] ?? '/',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines,
  });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`the sink answered ${answer.statusCode}`);
}
