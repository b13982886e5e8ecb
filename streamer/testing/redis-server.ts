/** A Redis of a test's own: a process on a port of its own, which keeps nothing on disk unless told to. Needs `redis-server` on PATH. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

export class TestRedis {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 's3es-redis-'));
  readonly #args: readonly string[];
  #server: ChildProcess | null = null;

  static async start(args: readonly string[] = []): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), args);
    await redis.restart();
    return redis;
  }

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = args;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Empty, as after a crash with nothing on disk. */
  async restart(): Promise<void> {
    await this.kill();
    const args = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      this.#folder,
    ];
    const server = spawn('redis-server', [...args, ...this.#args], { stdio: 'ignore' });
    this.#server = server;
    const kill = (): void => void server.kill('SIGKILL');
    process.once('exit', kill);
    server.once('close', () => process.off('exit', kill));
    const client = this.client();
    await client.ping().finally(() => client.disconnect());
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    const ended = new Promise((resolve) => server.once('close', resolve));
    server.kill(signal);
    if (signal !== 'SIGKILL') return;
    this.#server = null;
    await ended;
  }

  /** For the test itself; waits until the server is there. */
  client(): Redis {
    const client = new Redis({
      host: '127.0.0.1',
      port: this.port,
      maxRetriesPerRequest: null,
      retryStrategy: () => 20,
    });
    client.on('error', () => undefined);
    return client;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
