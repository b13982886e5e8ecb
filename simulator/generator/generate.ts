/** A generator's run, from its arguments to its summary. */
import { createHash } from 'node:crypto';
import { BucketAlreadyOwnedByYou } from '@aws-sdk/client-s3';
import { loadCacheDir, prepareLoad } from '../load/cache.ts';
import { damageBody, type DamageKind } from '../load/damage.ts';
import { openLoad, type Load, type LoadObject } from '../load/manifest.ts';
import { documentedSpec } from '../load/spec.ts';
import { HarnessError, messageOf } from '../process/errors.ts';
import { createRandom } from '../random.ts';
import { createBucket, requireBucket } from '../s3/bucket.ts';
import type { S3Connection } from '../s3/service.ts';
import { intendedOffsetsMs } from '../schedule.ts';
import { sleep } from '../sink/sleep.ts';
import type { GeneratorArguments } from './arguments.ts';
import { createEventSender } from './event-sender.ts';
import { createNamer } from './object-name.ts';
import { runOpenLoop, type PlannedUpload } from './open-loop.ts';
import type { ProgressLog } from './progress.ts';
import { createS3Uploader } from './s3-uploader.ts';
import { megabytes, summarizeUploads, type GeneratorSummary } from './summary.ts';
import { openUploadRecorder, type UploadRecord } from './upload-record.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws a HarnessError when it cannot even begin; uploads that fail on the way are counted in the summary. */
export async function generate(
  options: GeneratorArguments,
  env: Environment,
  log: ProgressLog,
  signal: AbortSignal,
): Promise<GeneratorSummary> {
  // Cheap checks first: a wrong address should not cost the time of a build.
  const connection = { endpoint: options.endpoint, region: options.region, forcePathStyle: true, env: {} };
  if (options.createsBucket) await ensureBucket(connection, options.bucket);
  await requireBucket(connection, options.bucket);
  const load = await openLoad(await provideLoad(options, env, log, signal));
  try {
    return await upload(load, choosePart(load, options), options, log, signal);
  } finally {
    await load.close();
  }
}

async function ensureBucket(connection: S3Connection, bucket: string): Promise<void> {
  try {
    await createBucket(connection, bucket);
  } catch (error) {
    const isThere = error instanceof HarnessError && error.cause instanceof BucketAlreadyOwnedByYou;
    if (!isThere) throw error;
  }
}

/** The folder of the wanted load, built first where there is none. */
async function provideLoad(
  { load, seed }: GeneratorArguments,
  env: Environment,
  log: ProgressLog,
  signal: AbortSignal,
): Promise<string> {
  if (load.kind === 'folder') return load.dir;
  const { dir } = await prepareLoad(
    {
      spec: documentedSpec(load.objects),
      seed,
      cacheDir: loadCacheDir(env),
      onProgress: ({ objects, objectsTotal, rawBytes }) => {
        log.update(`building the load: ${objects} of ${objectsTotal} objects, ${megabytes(rawBytes)} raw`);
      },
    },
    signal,
  );
  log.end();
  return dir;
}

function choosePart(load: Load, { from, count }: GeneratorArguments): readonly LoadObject[] {
  const { objects } = load.manifest;
  const end = count === null ? objects.length : from + count;
  if (from >= objects.length || end > objects.length) {
    const asked = count === null ? `from object ${from} on` : `objects ${from} to ${end - 1}`;
    throw new HarnessError(
      'usage',
      `The load in ${load.dir} has objects 0 to ${objects.length - 1}, and you asked for ${asked}. Change --from or --count, or build a larger load.`,
    );
  }
  return objects.slice(from, end);
}

async function upload(
  load: Load,
  objects: readonly LoadObject[],
  options: GeneratorArguments,
  log: ProgressLog,
  signal: AbortSignal,
): Promise<GeneratorSummary> {
  const byIndex = new Map(objects.map((object) => [object.index, object]));
  const objectOf = (index: number): LoadObject => {
    const object = byIndex.get(index);
    if (object === undefined) throw new RangeError(`object ${index} is not in the plan`);
    return object;
  };
  const recorder = await openUploadRecorder(options.recordPath);
  const uploader = createS3Uploader({
    endpoint: options.endpoint,
    region: options.region,
    bucket: options.bucket,
    forcePathStyle: true,
    env: {},
    connectionsMax: options.concurrencyMax,
  });
  const startMs = options.startAtMs ?? now();
  const uploads: UploadRecord[] = [];
  let failed = 0;
  const eventSender = createEventSender({
    queueUrl: options.notifyUrl,
    region: options.region,
    onFailed(object, error) {
      failed += 1;
      log.say(`The queue could not be told of ${object.key}: ${messageOf(error)}`);
    },
  });
  if (options.startAtMs !== null) await sleep(Math.max(0, startMs - now()), signal);

  try {
    await runOpenLoop(
      planUploads(objects, options, startMs),
      {
        now,
        sleep,
        readBody: async (index) => damaged(options.damage.get(index), await load.readBody(index)),
        name: createNamer(options.prefix, options.from, options.aheadMs),
        put: (index, key, body) =>
          uploader.put(key, body, options.damage.has(index) ? md5Of(body) : objectOf(index).gzMd5),
        onUploaded(uploaded) {
          const { gzBytes, rawBytes, lines } = objectOf(uploaded.index);
          const record: UploadRecord = { ...uploaded, gzBytes, rawBytes, lines };
          recorder.append(record);
          uploads.push(record);
          const { key, etag, putEndMs: storedMs } = uploaded;
          eventSender.send({ bucket: options.bucket, key, etag, sizeBytes: gzBytes, storedMs });
          log.update(describeProgress(uploads, objects.length));
        },
        onFailed(index, key, error) {
          failed += 1;
          log.say(`Object ${index} could not be uploaded as ${key}: ${messageOf(error)}`);
        },
      },
      options.concurrencyMax,
      signal,
    );
  } finally {
    await eventSender.close();
    log.end();
    uploader.close();
    await recorder.close();
  }
  return summarizeUploads(uploads, failed);
}

function damaged(kind: DamageKind | undefined, body: Buffer): Buffer {
  return kind === undefined ? body : damageBody(kind, body);
}

function md5Of(body: Buffer): string {
  return createHash('md5').update(body).digest('hex');
}

function planUploads(
  objects: readonly LoadObject[],
  { schedule, stampsMs, seed }: GeneratorArguments,
  startMs: number,
): readonly PlannedUpload[] {
  const stampAt = (position: number): number | null =>
    stampsMs === null ? null : stampsMs.from + ((stampsMs.to - stampsMs.from) * position) / objects.length;
  if (schedule === null) {
    return objects.map(({ index }, position) => ({ index, intendedMs: null, stampMs: stampAt(position) }));
  }
  const offsetsMs = intendedOffsetsMs(
    schedule,
    objects.map((object) => object.rawBytes),
    createRandom(seed).fork('schedule'),
  );
  return objects.map(({ index }, position) => ({
    index,
    intendedMs: startMs + (offsetsMs[position] ?? 0),
    stampMs: stampAt(position),
  }));
}

function describeProgress(uploads: readonly UploadRecord[], total: number): string {
  const last = uploads.at(-1);
  const slipMs = last === undefined ? 0 : last.putStartMs - last.intendedMs;
  return `uploaded ${uploads.length} of ${total} objects; the last began ${slipMs.toFixed(1)} ms late`;
}

/** Epoch ms with fractions; it never goes back. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
