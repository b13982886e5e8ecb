/** MinIO from its image, for machines where a Docker engine answers. */
import { HarnessError, messageOf } from '../process/errors.ts';
import type { Processes } from '../process/processes.ts';

const image = 'minio/minio:RELEASE.2025-09-07T16-13-09Z';
const startMs = 120_000;

export interface RunningMinio {
  readonly kind: 'minio' | 'minio-container';
  readonly endpoint: string;
  /** What `minio --version` prints. */
  readonly versionText: string;
  readonly pid: number | null;
}

export async function startMinioContainer(
  processes: Processes,
  credentials: { readonly user: string; readonly password: string },
): Promise<RunningMinio> {
  // Only here: the package is large, and of no use without an engine.
  const { GenericContainer, Wait } = await import('testcontainers');
  try {
    const container = await new GenericContainer(image)
      .withEnvironment({ MINIO_ROOT_USER: credentials.user, MINIO_ROOT_PASSWORD: credentials.password })
      .withCommand(['server', '/data'])
      .withExposedPorts(9000)
      .withWaitStrategy(Wait.forHttp('/minio/health/ready', 9000))
      .withLabels(processes.containerLabels())
      .withStartupTimeout(startMs)
      .start();
    processes.onStop(async () => {
      await container.stop({ remove: true, removeVolumes: true });
    });
    const version = await container.exec(['minio', '--version']);
    return {
      kind: 'minio-container',
      endpoint: `http://${container.getHost()}:${container.getMappedPort(9000)}`,
      versionText: version.output,
      pid: null,
    };
  } catch (error) {
    throw new HarnessError(
      'usage',
      `Docker answers, but the container ${image} did not start: ${messageOf(error)}\nSee whether \`docker pull ${image}\` works, or name a minio binary in MINIO_BINARY to do without Docker.`,
      { cause: error },
    );
  }
}
