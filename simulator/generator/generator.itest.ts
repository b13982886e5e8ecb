import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareLoad } from '../load/cache.ts';
import { readLoadManifest } from '../load/manifest.ts';
import type { LoadSpec } from '../load/spec.ts';
import type { GeneratorSummary } from './summary.ts';
import type { UploadRecord } from './upload-record.ts';

const script = fileURLToPath(new URL('main.ts', import.meta.url));
const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const spec: LoadSpec = { kind: 'zscaler', objects: 30, linesPerObject: 20, linesSpread: 0.3, noise: 'clean' };

let root = '';
let loadDir = '';
let server: FauxqsServer;
let endpoint = '';
let client: S3Client;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'generator-'));
  loadDir = (await prepareLoad({ spec, seed: 1, cacheDir: join(root, 'loads') }, new AbortController().signal)).dir;
  server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  endpoint = `http://127.0.0.1:${server.port}`;
  client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the generator as users do, as a process of its own. `onStderr` may act on what it says. */
function simulate(commandLine: string, onStderr: (kill: (signal: NodeJS.Signals) => void) => void = () => {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...commandLine.split(' ')], {
    env: { ...process.env, ...credentials, S3ES_CACHE_DIR: root },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise<Ended>((resolve) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      onStderr((signal) => child.kill(signal));
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

async function recordsOf(path: string): Promise<UploadRecord[]> {
  const text = await readFile(path, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as UploadRecord);
}

const uploadByHand = (prefix: string, seed: number): Promise<Ended> =>
  simulate(
    `--s3 ${endpoint} --bucket by-hand --create-bucket --prefix ${prefix} --objects 1 --seed ${seed} --schedule max ` +
      `--record ${join(root, `${prefix}.ndjson`)}`,
  );

describe('npm run simulate', () => {
  it('uploads a part of a load on schedule, and records each object as it is in the bucket', async () => {
    const record = join(root, 'scheduled.ndjson');
    const startAtMs = Date.now() + 1_500;
    const ended = await simulate(
      `--s3 ${endpoint} --bucket scheduled --create-bucket --prefix feed/ --load ${loadDir} --from 5 --count 20 ` +
        `--schedule constant --rate 40/s --start-at ${startAtMs} --record ${record} --json`,
    );
    expect(ended).toMatchObject({ code: 0 });
    const records = await recordsOf(record);
    const { objects } = readLoadManifest(loadDir);
    expect(records.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, position) => position + 5),
    );
    for (const upload of records) {
      const object = objects[upload.index];
      expect(upload).toMatchObject({ gzBytes: object?.gzBytes, rawBytes: object?.rawBytes, lines: object?.lines });
      expect(upload.etag).toBe(object?.gzMd5);
      expect(upload.intendedMs).toBeCloseTo(startAtMs + (upload.index - 5) * 25, 3);
      expect(upload.putStartMs).toBeGreaterThanOrEqual(upload.intendedMs);
      expect(upload.putEndMs).toBeGreaterThan(upload.putStartMs);
      expect(upload.fileTimestampMs).toBe(Math.floor(upload.intendedMs / 1_000) * 1_000);
      const stored = await client.send(new GetObjectCommand({ Bucket: 'scheduled', Key: upload.key }));
      const body = Buffer.from((await stored.Body?.transformToByteArray()) ?? []);
      expect(createHash('md5').update(body).digest('hex')).toBe(object?.gzMd5);
      expect(gunzipSync(body).length).toBe(upload.rawBytes);
    }
    const listed = await client.send(new ListObjectsV2Command({ Bucket: 'scheduled' }));
    expect(listed.Contents?.map(({ Key }) => Key).toSorted()).toEqual(records.map(({ key }) => key).toSorted());

    const summary = JSON.parse(ended.stdout) as GeneratorSummary;
    expect(summary).toMatchObject({ objects: 20, failed: 0 });
    expect(summary.lines).toBe(records.reduce((sum, { lines }) => sum + lines, 0));
    expect(summary.scheduleSlipMs.max).toBe(
      Math.max(...records.map((upload) => upload.putStartMs - upload.intendedMs)),
    );
  });

  it('tells a queue of each object once it is in the bucket, as S3 does', async () => {
    server.createQueue('events');
    const record = join(root, 'notified.ndjson');
    const ended = await simulate(
      `--s3 ${endpoint} --bucket notified --create-bucket --prefix feed=web/ --load ${loadDir} --count 12 --schedule max ` +
        `--record ${record} --notify ${endpoint}/000000000000/events --json`,
    );
    expect(ended).toMatchObject({ code: 0 });
    const messages = server.inspectQueue('events')?.messages.ready ?? [];
    const told = messages.map(({ body }) => {
      const { Records: records } = JSON.parse(body) as {
        Records: { eventName: string; s3: { bucket: object; object: object } }[];
      };
      expect(records).toHaveLength(1);
      return records[0];
    });
    const uploads = await recordsOf(record);
    expect(told).toHaveLength(12);
    for (const { key, etag, gzBytes } of uploads) {
      const object = { key: key.replaceAll('=', '%3D'), eTag: etag, size: gzBytes };
      expect(told).toContainEqual(
        expect.objectContaining({
          eventName: 'ObjectCreated:Put',
          s3: expect.objectContaining({ bucket: expect.objectContaining({ name: 'notified' }), object }),
        }),
      );
    }
  });

  it('counts objects that the queue could not be told of, and says that the run proves nothing', async () => {
    const ended = await simulate(
      `--s3 ${endpoint} --bucket untold --create-bucket --load ${loadDir} --count 2 --schedule max --notify ${endpoint}/000000000000/none --json`,
    );
    expect(ended.code).toBe(3);
    expect(JSON.parse(ended.stdout)).toMatchObject({ objects: 2, failed: 2 });
    expect(ended.stderr).toMatch(/The queue could not be told of year=.*does not exist/);
  });

  it('builds the load itself by hand, the same objects for the same seed', async () => {
    const ended = await uploadByHand('a', 7);
    expect(ended.stdout).toMatch(
      /^uploaded 1 objects, [\d.]+ MB raw, 0.[67] MB gz, \d+ lines; the latest began 0.0 ms late\n$/,
    );
    await uploadByHand('b', 7);
    await uploadByHand('c', 8);
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => recordsOf(join(root, `${name}.ndjson`))));
    expect(b?.[0]?.etag).toBe(a?.[0]?.etag);
    expect(c?.[0]?.etag).not.toBe(a?.[0]?.etag);
  });

  it('stops on SIGTERM: begins no more, finishes what it began, and sums up', async () => {
    const record = join(root, 'stopped.ndjson');
    const ended = await simulate(
      `--s3 ${endpoint} --bucket stopped --create-bucket --load ${loadDir} --rate 0.5/s --record ${record} --json`,
      // It tells of its first upload at once; the second is due 2 s later.
      (kill) => kill('SIGTERM'),
    );
    expect(ended.code).toBe(0);
    const summary = JSON.parse(ended.stdout) as GeneratorSummary;
    expect(summary.objects).toBe(1);
    expect(await recordsOf(record)).toHaveLength(1);
  });

  it('goes on after uploads that fail, counts them, and says that the run proves nothing', async () => {
    // A store with a bucket and no room.
    const full = createServer((request, response) => {
      request.resume();
      const status = request.method === 'HEAD' ? 200 : 403;
      request.on('end', () => response.writeHead(status).end());
    });
    await new Promise<void>((resolve) => {
      full.listen(0, '127.0.0.1', resolve);
    });
    const { port } = full.address() as AddressInfo;
    const ended = await simulate(
      `--s3 http://127.0.0.1:${port} --bucket full --load ${loadDir} --count 3 --schedule max --json`,
    );
    full.close();
    expect(ended.code).toBe(3);
    expect(JSON.parse(ended.stdout)).toMatchObject({ objects: 0, failed: 3 });
    expect(ended.stderr).toMatch(/Object 0 could not be uploaded as year=/);
  });

  it.each([
    ['a missing bucket', () => '--bucket missing', /there is no such bucket\. Create it/],
    ['a store that is not there', () => '--bucket b --s3 http://127.0.0.1:1', /no S3 answers there/],
    ['a wrong option', () => '--bucket b --rate fast', /1x, 500MB\/min/],
    ['a load that is not there', () => `--bucket scheduled --load ${root}/none`, /There is no load in .*none/],
    [
      'objects that the load does not have',
      () => `--bucket scheduled --load ${loadDir} --from 29 --count 2`,
      /has objects 0 to 29, and you asked for objects 29 to 30/,
    ],
    [
      'a record that cannot be written',
      () => `--bucket scheduled --load ${loadDir} --record ${root}/no/such`,
      /Cannot write the record of uploads/,
    ],
  ])('refuses %s with exit code 2, and says what to do', async (_, args, message) => {
    const ended = await simulate(`--s3 ${endpoint} ${args()}`);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });
});
