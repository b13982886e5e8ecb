/** redis-server and redis-sentinel of this machine, each as a process of its own, with a port and a folder of its own. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from '../process/child.ts';
import { findOnPath } from '../process/executable.ts';
import type { Processes } from '../process/processes.ts';
import { loopback, type RedisHost, type SentinelStart, type ServerStart } from './host.ts';
import { ask, waitUntil } from './probe.ts';
import { sentinelConfig, serverArguments } from './server-config.ts';
import type { RedisServer } from './service.ts';

/** Null when there is none on PATH. */
export function findRedisBinary(env: NodeJS.ProcessEnv): string | null {
  return findOnPath('redis-server', env);
}

export function localRedisHost(processes: Processes, binary: string): RedisHost {
  return {
    kind: 'local',
    startServer: (start) => LocalServer.start(processes, binary, start),
    startSentinel: (start) => startSentinel(processes, binary, start),
  };
}

class LocalServer implements RedisServer {
  readonly host = loopback;
  readonly port: number;
  readonly #folder: string;
  readonly #run: () => Promise<Child>;
  #child: Child;

  private constructor(port: number, folder: string, run: () => Promise<Child>, child: Child) {
    this.port = port;
    this.#folder = folder;
    this.#run = run;
    this.#child = child;
  }

  static async start(processes: Processes, binary: string, start: ServerStart): Promise<LocalServer> {
    const { name, port, replicaOf } = start;
    const folder = processes.temporaryFolder(name);
    const args = serverArguments({ port, bind: loopback, folder, replicaOf });
    const run = (): Promise<Child> => processes.start({ name, command: binary, args });
    const server = new LocalServer(port, folder, run, await run());
    await server.#waitUntilItAnswers();
    return server;
  }

  get pid(): number {
    return this.#child.pid;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child.exited;
  }

  async restart(disk: 'kept' | 'empty'): Promise<void> {
    if (disk === 'empty') {
      rmSync(this.#folder, { recursive: true });
      mkdirSync(this.#folder);
    }
    this.#child = await this.#run();
    await this.#waitUntilItAnswers();
  }

  async pause(): Promise<void> {
    this.#child.kill('SIGSTOP');
  }

  async resume(): Promise<void> {
    this.#child.kill('SIGCONT');
  }

  async #waitUntilItAnswers(): Promise<void> {
    await waitUntilItAnswers(this.port, this.#child);
  }
}

async function startSentinel(processes: Processes, binary: string, start: SentinelStart): Promise<void> {
  const { name, port, master } = start;
  const folder = processes.temporaryFolder(name);
  const config = join(folder, 'sentinel.conf');
  writeFileSync(config, sentinelConfig(port, folder, master));
  // The same program: `redis-sentinel` is only another name of it, which not every package brings.
  const child = await processes.start({ name, command: binary, args: [config, '--sentinel'] });
  await waitUntilItAnswers(port, child);
}

async function waitUntilItAnswers(port: number, child: Child): Promise<void> {
  await waitUntil(
    `an answer of ${child.name} at port ${port}`,
    () => ask({ host: loopback, port }, async (redis) => (await redis.ping()) === 'PONG'),
    () => (child.status === null ? null : `${child.name} has ended (${child.describeExit()}).\n${child.lastLines()}`),
  );
}
