import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isDockerAnswering } from '../process/docker.ts';
import { findRedisBinary } from './local-host.ts';

const isCI = process.env['CI'] === 'true';
const lacksBinary = !isCI && findRedisBinary(process.env) === null;
const lacksDocker = !isCI && !(await isDockerAnswering(process.env['DOCKER_HOST']));

describe.each([
  { choice: 'local', lacks: lacksBinary },
  { choice: 'container', lacks: lacksDocker },
])('a harness with --redis $choice that is killed with SIGKILL', ({ choice, lacks }) => {
  let folder = '';
  let harness: ChildProcess | null = null;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3es-redis-'));
  });
  afterEach(() => {
    harness?.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  it.skipIf(lacks)('leaves nothing listening: no server, no sentinel, not even a paused one', async () => {
    const script = fileURLToPath(new URL('fixture-harness.ts', import.meta.url));
    const started = spawn(process.execPath, ['--import', 'tsx', script, folder, choice], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    harness = started;
    const [line]: unknown[] = await once(started.stdout, 'data');
    const { ports }: { ports: readonly number[] } = JSON.parse(String(line));
    expect(ports).toHaveLength(5);
    expect(await listening(ports)).toEqual(ports);
    started.kill('SIGKILL');
    await expect.poll(() => listening(ports), { timeout: 20_000 }).toEqual([]);
  });
});

describe('a harness with --redis container that is killed with SIGKILL', () => {
  it.skipIf(lacksDocker)('leaves no container either when its first one is not up yet', async () => {
    const folder = mkdtempSync(join(tmpdir(), 's3es-redis-'));
    const before = await containers();
    const script = fileURLToPath(new URL('fixture-harness.ts', import.meta.url));
    const harness = spawn(process.execPath, ['--import', 'tsx', script, folder, 'container'], { stdio: 'ignore' });
    try {
      await expect.poll(containers, { timeout: 30_000, interval: 5 }).not.toEqual(before);
      harness.kill('SIGKILL');
      // The guard looks for some seconds.
      await expect.poll(containers, { timeout: 20_000 }).toEqual(before);
      await sleep(4000);
      expect(await containers()).toEqual(before);
    } finally {
      harness.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });
});

/** All that the harness has made, running or not. */
async function containers(): Promise<readonly string[]> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  const { container } = await getContainerRuntimeClient();
  const found = await container.dockerode.listContainers({ all: true, filters: { label: ['s3es.run'] } });
  return found.map(({ Id: id }) => id);
}

async function listening(ports: readonly number[]): Promise<readonly number[]> {
  const answers = await Promise.all(ports.map(isListening));
  return ports.filter((_, at) => answers[at]);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
