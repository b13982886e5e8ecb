/** What a connection makes of what Redis says, and of its silence. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RedisConfig } from '../../config/config.ts';
import { createCertificate } from '../../testing/certificate.ts';
import { TestRedis } from '../../testing/redis-server.ts';
import { createRedisConnection, type RedisConnection } from './connection.ts';
import { createScripts } from './scripts.ts';

const { open: openScript } = createScripts();
const OPEN_ARGS = ['', 'epoch', 15_000] as const;

const ends: (() => void | Promise<void>)[] = [];
let redis: TestRedis;
beforeEach(async () => {
  redis = await TestRedis.start();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await redis.close();
});

function connectionTo(server: RedisConfig['server']): RedisConnection {
  const connection = createRedisConnection({
    server,
    username: null,
    password: null,
    database: 0,
    keyPrefix: 'test',
    tls: null,
    leaseTtlMs: 15_000,
  });
  ends.push(() => connection.close());
  return connection;
}

async function connected(url = redis.url): Promise<RedisConnection> {
  const connection = connectionTo({ kind: 'url', url });
  await connection.connect(5_000);
  return connection;
}

async function operate(...command: readonly [string, ...string[]]): Promise<void> {
  const client = redis.client();
  await client.call(...command).finally(() => client.disconnect());
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ends.push(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('a Redis of before 7.0 that has become a replica', () => {
  it('is left at once for the one that Sentinel knows by now, though only a script says so', async () => {
    let connections = 0;
    const said =
      "-ERR Error running script (call to f_0a): @user_script:9: @user_script: 9: -READONLY You can't write against a read only replica.\r\n";
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        // Each command is a list of bulk strings.
        for (const command of String(data)
          .toLowerCase()
          .split(/^\*\d+\r\n/m)
          .slice(1))
          socket.write(command.includes('evalsha') ? said : '$20\r\nredis_version:6.2.14\r\n');
      });
    });
    const connection = await connected(`redis://127.0.0.1:${await portOf(server)}`);
    await expect(connection.run(openScript, OPEN_ARGS)).rejects.toMatchObject({
      code: 'STATE_UNREACHABLE',
      message: expect.stringMatching(/READONLY.*is a replica: state\.redis must lead to the primary/),
    });
    await expect.poll(() => connections, { timeout: 5_000 }).toBeGreaterThan(1);
  });
});

describe('silence', () => {
  it('before a connection is ready is not waited for: the next one may be heard', { timeout: 20_000 }, async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      const isSilent = connections === 1;
      socket.on('error', () => undefined);
      // As behind a firewall that has lost the state of a connection that had just begun.
      socket.on('data', () => isSilent || socket.write('$20\r\nredis_version:7.0.15\r\n'.repeat(4)));
    });
    const connection = connectionTo({ kind: 'url', url: `redis://127.0.0.1:${await portOf(server)}` });
    await connection.connect(15_000);
    expect(connections).toBe(2);
  });

  it('of one sentinel is not waited for either: another knows where Redis is', { timeout: 20_000 }, async () => {
    const silent = await portOf(createServer((socket) => void socket.on('error', () => undefined)));
    const { port } = new URL(redis.url);
    const knowing = await portOf(
      createServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (data) => {
          for (const command of String(data)
            .split(/^\*\d+\r\n/m)
            .slice(1)) {
            const isAsked = command.includes('get-master-addr-by-name');
            socket.write(isAsked ? `*2\r\n$9\r\n127.0.0.1\r\n$${port.length}\r\n${port}\r\n` : '*0\r\n');
          }
        });
      }),
    );
    const sentinels = [silent, knowing].map((sentinel) => ({ host: '127.0.0.1', port: sentinel }));
    const connection = connectionTo({ kind: 'sentinel', sentinels, name: 'primary' });
    await connection.connect(15_000);
    expect(connection.isConnected).toBe(true);
  });
});

describe('the message says what to mend, where Redis', () => {
  it('is full', async () => {
    const connection = await connected();
    await operate('CONFIG', 'SET', 'maxmemory', '1');
    await expect(connection.run(openScript, OPEN_ARGS)).rejects.toMatchObject({
      code: 'STATE_UNREACHABLE',
      message: expect.stringMatching(/cannot do it now \(OOM .*: its memory is full: raise its maxmemory/),
    });
  });

  it('is a replica', async () => {
    const connection = await connected();
    await operate('REPLICAOF', '127.0.0.1', '1');
    await expect(connection.run(openScript, OPEN_ARGS)).rejects.toMatchObject({
      code: 'STATE_UNREACHABLE',
      message: expect.stringMatching(/state\.redis must lead to the primary/),
    });
  });

  it('forbids a command, inside a script or outside', async () => {
    const connection = await connected();
    await operate('ACL', 'SETUSER', 'default', '-hset', '-hmget');
    const denied = { code: 'STATE_REFUSED', message: expect.stringMatching(/docs\/redis\.md lists under Permissions/) };
    await expect(connection.run(openScript, OPEN_ARGS)).rejects.toMatchObject(denied);
    await expect(connection.command('HMGET', [connection.key('meta'), 'epoch'])).rejects.toMatchObject(denied);
  });

  it('has a certificate of an authority that we do not know', async () => {
    const folder = mkdtempSync(join(tmpdir(), 's3es-redis-tls-'));
    ends.push(() => rmSync(folder, { recursive: true }));
    const { key, cert } = createCertificate(folder);
    const server = createTlsServer({ key, cert }, (socket) => void socket.on('error', () => undefined));
    const connection = connectionTo({ kind: 'url', url: `rediss://localhost:${await portOf(server)}` });
    await expect(connection.connect(1_000)).rejects.toMatchObject({
      code: 'STATE_UNREACHABLE',
      message: expect.stringMatching(/state\.redis\.tls\.ca_file/),
    });
  });

  it('hangs: not what was the matter before it was there again', async () => {
    const connection = await connected();
    await redis.kill();
    await expect.poll(() => connection.isConnected).toBe(false);
    await expect
      .poll(async () => connection.command('HLEN', [connection.key('meta')]).catch(String))
      .toMatch(/ECONNREFUSED/);
    await redis.restart();
    await expect.poll(() => connection.isConnected, { timeout: 10_000 }).toBe(true);
    await redis.kill('SIGSTOP');
    await expect(connection.command('HLEN', [connection.key('meta')])).rejects.toMatchObject({
      code: 'STATE_UNREACHABLE',
      message: expect.stringMatching(/does not answer \(nothing within 3000 ms\): check that it runs/),
    });
    await redis.kill('SIGCONT');
  });
});
