import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isDockerAnswering } from '../process/docker.ts';
import { Processes } from '../process/processes.ts';
import { readUsage } from '../process/usage.ts';
import { findRedisBinary } from './local-host.ts';
import { ask } from './probe.ts';
import { connectRedis } from './connect.ts';
import type { RedisService } from './service.ts';
import { startRedis } from './start.ts';

// On a machine without the service its tests are left out; in CI its absence is a failure.
const isCI = process.env['CI'] === 'true';
const lacksBinary = !isCI && findRedisBinary(process.env) === null;
const lacksDocker = !isCI && !(await isDockerAnswering(process.env['DOCKER_HOST']));

describe.each([
  { choice: 'local', lacks: lacksBinary },
  { choice: 'container', lacks: lacksDocker },
])('--redis $choice', ({ choice, lacks }) => {
  let folder = '';
  let processes: Processes;
  let clients: Redis[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3es-redis-'));
    processes = new Processes(folder);
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) client.disconnect();
    await processes.stopAll();
    rmSync(folder, { recursive: true });
  });

  function connect(service: RedisService): Redis {
    const client = connectRedis(service.connection);
    clients.push(client);
    return client;
  }

  it.skipIf(lacks)('gives one server that keeps what it knows over kill -9, unless its disk is emptied', async () => {
    const service = await startRedis(choice, 'standalone', processes, process.env);
    expect(service).toMatchObject({ kind: choice, version: expect.stringMatching(/^\d+\.\d+/) });
    const [server] = service.servers;
    const client = connect(service);
    await client.set('key', 'value');
    await server?.kill();
    await expect(ask(server!, (redis) => redis.ping())).rejects.toThrow('Connection is closed');
    await server?.restart('kept');
    expect(await client.get('key')).toBe('value');
    await server?.kill();
    await server?.restart('empty');
    expect(await client.get('key')).toBeNull();
  });

  it.skipIf(lacks)('pauses a server: nobody answers, nobody hangs up, and afterwards all is as before', async () => {
    const service = await startRedis(choice, 'standalone', processes, process.env);
    const [server] = service.servers;
    const client = connect(service);
    await client.set('key', 'value');
    await server?.pause();
    let isAnswered = false;
    const answer = client.get('key').finally(() => (isAnswered = true));
    await sleep(300);
    expect(isAnswered).toBe(false);
    await server?.resume();
    expect(await answer).toBe('value');
  });

  it.skipIf(lacks)('replaces a killed master by its replica', async () => {
    const service = await startRedis(choice, 'sentinel', processes, process.env);
    const [master, replica] = service.servers;
    const client = connect(service);
    await client.set('key', 'value');
    await client.wait(1, 1000);
    await master?.kill();
    // It waits for the new master; no error reaches the caller.
    await client.set('key', 'after the fail-over');
    expect(await ask(replica!, (redis) => redis.role())).toMatchObject({ 0: 'master' });
  });
});

describe('--redis', () => {
  let folder = '';
  let processes: Processes;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3es-redis-'));
    processes = new Processes(folder);
  });
  afterEach(async () => {
    await processes.stopAll();
    rmSync(folder, { recursive: true });
  });

  it.skipIf(lacksBinary)('uses a Redis by URL, and leaves none of its own keys and all of the others', async () => {
    const local = await startRedis('local', 'standalone', processes, process.env);
    const url = local.connection.kind === 'url' ? local.connection.url : '';
    const run = new Processes(folder);
    const service = await startRedis(url, 'standalone', run, process.env);
    const client = connectRedis(local.connection);
    try {
      expect(service).toMatchObject({ kind: 'url', version: local.version, servers: [] });
      await client.mset(`{${service.keyPrefix}}:state`, '1', 'theirs', '2');
      await run.stopAll();
      expect(await client.keys('*')).toEqual(['theirs']);
    } finally {
      client.disconnect();
    }
  });

  it.skipIf(lacksBinary)('ends a paused server with the run', async () => {
    const { servers } = await startRedis('local', 'standalone', processes, process.env);
    const [server] = servers;
    await server?.pause();
    const startedMs = Date.now();
    await processes.stopAll();
    // The grace of a process that ignores SIGTERM is 10 s.
    expect(Date.now() - startedMs).toBeLessThan(8000);
    expect(readUsage(server?.pid ?? 0)).toBeNull();
  });

  it('says so when nothing answers at the URL', async () => {
    await expect(startRedis('redis://127.0.0.1:1', 'standalone', processes, {})).rejects.toThrow(
      /No Redis answers at 127.0.0.1:1 .*correct the address/,
    );
  });

  it.each(['locale', 'http://127.0.0.1:6379'])('refuses %s and says what it expects', async (choice) => {
    await expect(startRedis(choice, 'standalone', processes, {})).rejects.toThrow(
      'expected none, local, container, or',
    );
  });

  it.each(['local', 'container'])('says what is missing for %s, and how to get it', async (choice) => {
    const env = { PATH: folder, DOCKER_HOST: `unix://${folder}/docker.sock` };
    await expect(startRedis(choice, 'standalone', processes, env)).rejects.toThrow(
      /needs .*redis-server on PATH[^]*apt-get install redis-server/,
    );
  });
});
