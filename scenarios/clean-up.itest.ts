import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientOptions, isRedisAvailable, Processes, type S3Service, startS3 } from '#simulator';

// The children of a process are found in /proc.
const lacksParts = !existsSync('/proc/self/stat') || (process.env['CI'] !== 'true' && !isRedisAvailable(process.env));
const streamersOfScenario = 3;

describe.skipIf(lacksParts)('a run of several instances that is cut off', () => {
  let out = '';
  let harness: ChildProcess | null = null;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 's3es-clean-up-'));
  });
  afterEach(() => {
    harness?.kill('SIGKILL');
    rmSync(out, { recursive: true });
  });

  it.each([
    { signal: 'SIGINT', what: 'Ctrl-C' },
    { signal: 'SIGKILL', what: 'kill -9 of the harness' },
  ] as const)('leaves no process and no half report after $what', async ({ signal }) => {
    const script = fileURLToPath(new URL('main.ts', import.meta.url));
    const args = ['scenario', 'instance-crash', '--seed', '1', '--out', out];
    const started = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    harness = started;
    const pid = started.pid ?? 0;
    let progress = '';
    started.stderr.on('data', (text: Buffer) => (progress += text.toString()));
    // In the middle of a fault that would go on for longer than anybody waits.
    const isStreaming = (): boolean => started.exitCode !== null || progress.includes('agents 800 ms away');
    await expect.poll(isStreaming, { timeout: 60_000 }).toBe(true);
    expect(streamersOf(pid)).toBe(streamersOfScenario);
    const children = childrenOf(pid);
    // S3, sink, Redis, the streamers, the guard.
    expect(children.length).toBeGreaterThanOrEqual(streamersOfScenario + 4);
    const ended = once(started, 'exit');
    started.kill(signal);
    await ended;
    await expect.poll(() => children.filter(isRunning), { timeout: 30_000 }).toEqual([]);
    await expect.poll(() => readdirSync(out), { timeout: 10_000 }).toEqual([]);
  });
});

describe('a run on a foreign S3 that is cut off by Ctrl-C', () => {
  let out = '';
  let processes: Processes;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 's3es-clean-up-'));
    processes = new Processes(join(out, 'logs'));
  });
  afterEach(async () => {
    await processes.stopAll();
    rmSync(out, { recursive: true });
  });

  it('leaves no bucket there, though npm passes on the signal that the terminal has sent already', async () => {
    const s3 = await startS3('embedded', processes, {});
    expect(await bucketsOf(s3)).toEqual([s3.bucket]);
    const script = fileURLToPath(new URL('main.ts', import.meta.url));
    const load = ['--rate', '10x', '--duration', '20s'];
    const args = ['snapshot', ...load, '--s3', s3.endpoint, '--out', join(out, 'reports')];
    const harness = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...s3.env },
    });
    try {
      let said = '';
      harness.stderr.on('data', (text: Buffer) => (said += text.toString()));
      // In the middle of its uploads.
      const hasUploaded = async (): Promise<boolean> => harness.exitCode !== null || (await objectsBeside(s3)) >= 10;
      await expect.poll(hasUploaded, { timeout: 60_000 }).toBe(true);
      const ended = once(harness, 'exit');
      harness.kill('SIGINT');
      await sleep(20);
      harness.kill('SIGINT');
      expect((await ended)[0]).toBe(3);
      expect(said).toContain('Interrupted: nothing was judged, nothing is left running.');
      expect(await bucketsOf(s3)).toEqual([s3.bucket]);
    } finally {
      harness.kill('SIGKILL');
    }
  });
});

async function bucketsOf(s3: S3Service): Promise<readonly (string | undefined)[]> {
  const { Buckets: buckets = [] } = await askS3(s3, (client) => client.send(new ListBucketsCommand({})));
  return buckets.map(({ Name: name }) => name);
}

/** In the bucket that the run has made. */
async function objectsBeside(s3: S3Service): Promise<number> {
  const bucket = (await bucketsOf(s3)).find((name) => name !== s3.bucket);
  if (bucket === undefined) return 0;
  const page = await askS3(s3, (client) => client.send(new ListObjectsV2Command({ Bucket: bucket })));
  return page.KeyCount ?? 0;
}

async function askS3<T>(s3: S3Service, question: (client: S3Client) => Promise<T>): Promise<T> {
  const client = new S3Client(clientOptions(s3));
  try {
    return await question(client);
  } finally {
    client.destroy();
  }
}

function streamersOf(pid: number): number {
  return childrenOf(pid).filter((child) => commandOf(child).includes('streamer.js')).length;
}

function childrenOf(parent: number): readonly number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => parentOf(pid) === parent);
}

/** `pid (name) state parent ...`; the name may hold anything, so from its last bracket on. */
function parentOf(pid: number): number {
  const stat = readProc(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function commandOf(pid: number): string {
  return readProc(pid, 'cmdline');
}

/** A zombie has ended. */
function isRunning(pid: number): boolean {
  const status = readProc(pid, 'status');
  return status !== '' && !/^State:\s+Z/m.test(status);
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    // It has ended.
    return '';
  }
}
