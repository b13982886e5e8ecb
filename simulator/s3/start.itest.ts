import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isDockerAnswering } from '../process/docker.ts';
import { Processes } from '../process/processes.ts';
import { isMinioAvailable, startMinio } from './minio.ts';
import { clientOptions, type S3Service } from './service.ts';
import { startS3 } from './start.ts';

// On a machine without MinIO its test is left out; in CI its absence is a failure.
const isCI = process.env['CI'] === 'true';
const lacksMinio = !isCI && !(await isMinioAvailable(process.env));
const lacksDocker = !isCI && !(await isDockerAnswering(process.env['DOCKER_HOST']));

describe('startS3', () => {
  let folder = '';
  let processes: Processes;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3es-s3-'));
    processes = new Processes(folder);
  });
  afterEach(async () => {
    await processes.stopAll();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it('gives an embedded S3 with its version and a bucket that works', async () => {
    const service = await startS3('embedded', processes, {});
    expect(service).toMatchObject({
      kind: 'embedded',
      version: expect.stringMatching(/^fauxqs \d+\.\d+\.\d+$/),
    });
    expect(await putAndGet(service)).toBe('content');
  });

  it('uses an S3 by URL, and leaves no bucket behind', async () => {
    const embedded = await startS3('embedded', processes, {});
    const url = new Processes(folder);
    stubEnv(embedded.env);
    const service = await startS3(embedded.endpoint, url, {});
    expect(await putAndGet(service)).toBe('content');
    await url.stopAll();
    const client = new S3Client(clientOptions(embedded));
    await expect(client.send(new HeadBucketCommand({ Bucket: service.bucket }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    await expect(client.send(new HeadBucketCommand({ Bucket: embedded.bucket }))).resolves.toBeDefined();
    client.destroy();
  });

  it('uses a bucket named in the URL, under a prefix of its own', async () => {
    const embedded = await startS3('embedded', processes, {});
    stubEnv(embedded.env);
    const url = new Processes(folder);
    const service = await startS3(`${embedded.endpoint}/${embedded.bucket}`, url, {});
    expect(service.bucket).toBe(embedded.bucket);
    expect(service.prefix).toMatch(/^s3es-run-[0-9a-f]{12}\/$/);
    expect(await putAndGet(service)).toBe('content');
    await url.stopAll();
    const client = new S3Client(clientOptions(embedded));
    expect(await client.send(new ListObjectsV2Command({ Bucket: embedded.bucket }))).toMatchObject({ KeyCount: 0 });
    client.destroy();
  });

  it('says so when the bucket of the URL does not exist', async () => {
    const embedded = await startS3('embedded', processes, {});
    stubEnv(embedded.env);
    await expect(startS3(`${embedded.endpoint}/no-such-bucket`, processes, {})).rejects.toThrow(
      /Could not find the bucket no-such-bucket .*there is no such bucket/,
    );
  });

  it('says so when nothing answers at the URL', async () => {
    stubEnv({ AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' });
    await expect(startS3('http://127.0.0.1:1', processes, {})).rejects.toThrow(/no S3 answers there \(ECONNREFUSED\)/);
  });

  it.skipIf(lacksMinio)('gives MinIO with its version and a bucket that works', async () => {
    const service = await startS3('minio', processes, process.env);
    expect(service).toMatchObject({ kind: 'minio', version: expect.stringMatching(/^(RELEASE|v\d)/) });
    expect(await putAndGet(service)).toBe('content');
  });

  it.skipIf(lacksDocker)(
    'gives MinIO from its image where a Docker engine answers and no binary is named',
    async () => {
      const env = { PATH: folder, DOCKER_HOST: process.env['DOCKER_HOST'] };
      const service = await startMinio(processes, env);
      expect(service).toMatchObject({
        kind: 'minio-container',
        version: expect.stringMatching(/^(RELEASE|v\d|DEVELOPMENT)/),
        pid: null,
      });
      expect(await putAndGet(service)).toBe('content');
    },
  );

  it('says what is missing for MinIO, and how to get it', async () => {
    const env = { PATH: folder, DOCKER_HOST: `unix://${folder}/docker.sock` };
    await expect(startMinio(processes, env)).rejects.toThrow(/needs a Docker engine or a minio binary[^]*MINIO_BINARY/);
  });
});

async function putAndGet(service: S3Service): Promise<string | undefined> {
  const client = new S3Client(clientOptions(service));
  const object = { Bucket: service.bucket, Key: `${service.prefix}feedname=Threat Team - Web/day=9/1_2_3_4.gz` };
  await client.send(new PutObjectCommand({ ...object, Body: 'content' }));
  const answer = await client.send(new GetObjectCommand(object));
  const text = await answer.Body?.transformToString();
  client.destroy();
  return text;
}

function stubEnv(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}
