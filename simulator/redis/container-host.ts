/** redis-server and redis-sentinel from the official image, for machines where a Docker engine answers. */
import type { StartedTestContainer } from 'testcontainers';
import { HarnessError, messageOf } from '../process/errors.ts';
import type { Processes } from '../process/processes.ts';
import { loopback, type RedisHost, type SentinelStart, type ServerStart } from './host.ts';
import { ask, waitUntil } from './probe.ts';
import { sentinelConfig, serverArguments } from './server-config.ts';
import type { RedisServer } from './service.ts';

const redisImage = 'redis:7-alpine';
const startMs = 120_000;
/** A folder that every user may write to. */
const sentinelFolder = '/tmp';
/** The image's working folder. */
const dataFolder = '/data';

export function containerRedisHost(processes: Processes): RedisHost {
  return {
    kind: 'container',
    startServer: (start) => ContainerServer.start(processes, start),
    startSentinel: (start) => startSentinel(processes, start),
  };
}

class ContainerServer implements RedisServer {
  readonly host = loopback;
  readonly pid = null;
  readonly port: number;
  readonly #processes: Processes;
  readonly #start: ServerStart;
  #container: StartedTestContainer;

  private constructor(processes: Processes, start: ServerStart, container: StartedTestContainer) {
    this.port = start.port;
    this.#processes = processes;
    this.#start = start;
    this.#container = container;
  }

  static async start(processes: Processes, start: ServerStart): Promise<ContainerServer> {
    const server = new ContainerServer(processes, start, await runServer(processes, start));
    await waitUntilItAnswers(start);
    return server;
  }

  async kill(): Promise<void> {
    await (await this.#engineContainer()).kill();
  }

  async restart(disk: 'kept' | 'empty'): Promise<void> {
    if (disk === 'kept') {
      await (await this.#engineContainer()).start();
    } else {
      await (await this.#engineContainer()).remove({ force: true, v: true });
      this.#container = await runServer(this.#processes, this.#start);
    }
    await waitUntilItAnswers(this.#start);
  }

  async pause(): Promise<void> {
    await (await this.#engineContainer()).pause();
  }

  async resume(): Promise<void> {
    await (await this.#engineContainer()).unpause();
  }

  /** testcontainers itself cannot kill or pause. */
  async #engineContainer() {
    const { getContainerRuntimeClient } = await import('testcontainers');
    return (await getContainerRuntimeClient()).container.getById(this.#container.getId());
  }
}

function runServer(
  processes: Processes,
  { name, port, replicaOf, isInSet }: ServerStart,
): Promise<StartedTestContainer> {
  const bind = isInSet ? loopback : '0.0.0.0';
  const args = serverArguments({ port, bind, folder: dataFolder, replicaOf });
  return runContainer(processes, name, ({ GenericContainer, Wait }) => {
    const container = new GenericContainer(redisImage)
      .withCommand(['redis-server', ...args])
      .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'));
    // Sentinels tell clients the address at which they see a server themselves: in a set all share the host's network. A port that the harness
    // chose, not Docker: it must be the same after a restart.
    return isInSet ? container.withNetworkMode('host') : container.withExposedPorts({ container: port, host: port });
  });
}

async function startSentinel(processes: Processes, { name, port, master }: SentinelStart): Promise<void> {
  const target = `${sentinelFolder}/sentinel.conf`;
  const content = sentinelConfig(port, sentinelFolder, master);
  await runContainer(processes, name, ({ GenericContainer, Wait }) =>
    new GenericContainer(redisImage)
      .withCopyContentToContainer([{ content, target, mode: 0o666 }])
      .withCommand(['redis-server', target, '--sentinel'])
      .withNetworkMode('host')
      .withWaitStrategy(Wait.forLogMessage('Running mode=sentinel')),
  );
}

/** Started, and gone with the run. */
async function runContainer(
  processes: Processes,
  name: string,
  describe: (library: typeof import('testcontainers')) => import('testcontainers').GenericContainer,
): Promise<StartedTestContainer> {
  // Only here: the package is large, and of no use without an engine.
  const library = await import('testcontainers');
  try {
    const container = await describe(library)
      .withLabels(processes.containerLabels())
      .withStartupTimeout(startMs)
      .start();
    const id = container.getId();
    processes.onStop(async () => {
      const client = await library.getContainerRuntimeClient();
      // By force, since a paused container takes no signal; and it may be gone already.
      await client.container.getById(id).remove({ force: true, v: true }).catch(ignoreAbsence);
    });
    return container;
  } catch (error) {
    throw new HarnessError(
      'usage',
      `Docker answers, but the container ${redisImage} for ${name} did not start: ${messageOf(error)}\nSee whether \`docker pull ${redisImage}\` works, or use --redis local with redis-server on PATH to do without Docker.`,
      { cause: error },
    );
  }
}

function ignoreAbsence(error: unknown): void {
  const isAbsent = error instanceof Error && 'statusCode' in error && error.statusCode === 404;
  if (!isAbsent) throw error;
}

async function waitUntilItAnswers({ name, port }: ServerStart): Promise<void> {
  await waitUntil(`an answer of ${name} at port ${port}`, () =>
    ask({ host: loopback, port }, async (redis) => (await redis.ping()) === 'PONG'),
  );
}
