/** What of this machine some tests need and others do without. */
import { existsSync } from 'node:fs';
import { findMinioBinary, findOnPath, isDockerAnswering, isMinioAvailable, isRedisAvailable } from '#simulator';

export interface Service {
  readonly name: string;
  readonly isThere: boolean;
  /** What is not run without it. */
  readonly leavesOut: string;
  readonly cure: string;
}

/** There a missing service is a failure, and the core scenarios run in containers and as processes. */
export function isCI(env: NodeJS.ProcessEnv): boolean {
  return env['CI'] === 'true';
}

export async function findServices(env: NodeJS.ProcessEnv): Promise<readonly Service[]> {
  return [
    minioService({ isCI: isCI(env), hasBinary: findMinioBinary(env) !== null, hasEither: await isMinioAvailable(env) }),
    {
      name: 'Redis',
      isThere: isRedisAvailable(env),
      leavesOut: 'what runs on Redis',
      cure: 'put redis-server on PATH',
    },
    {
      name: 'Docker',
      isThere: await isDockerAnswering(env['DOCKER_HOST']),
      leavesOut: 'MinIO and Redis from their images, in CI also the core scenarios on them, and our own image',
      cure: 'start Docker',
    },
    {
      name: 'Chromium',
      isThere: existsSync(env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'),
      leavesOut: 'the report in a browser',
      cure: 'install chromium, or name it in CHROMIUM_PATH',
    },
    {
      name: 'promtool',
      isThere: isNamedOrOnPath('promtool', 'PROMTOOL', env),
      leavesOut: 'the alert rules',
      cure: 'put it on PATH, or name it in PROMTOOL (it is part of Prometheus)',
    },
    {
      name: 'systemd-analyze',
      isThere: isNamedOrOnPath('systemd-analyze', 'SYSTEMD_ANALYZE', env),
      leavesOut: 'the systemd unit',
      cure: 'run on a Linux with systemd',
    },
    {
      name: 'compose-go',
      isThere: isNamedOrOnPath('compose-go', 'COMPOSE_GO', env),
      leavesOut: 'the compose file',
      cure: 'build it (.ci/run, install_compose) and name it in COMPOSE_GO',
    },
  ];
}

/** Where both ways are asked for, Docker does not stand in for the binary. */
export function minioService(found: Readonly<Record<'isCI' | 'hasBinary' | 'hasEither', boolean>>): Service {
  const binary = 'put a minio binary on PATH or into MINIO_BINARY';
  return found.isCI
    ? { name: 'minio binary', isThere: found.hasBinary, leavesOut: 'the core scenarios as processes', cure: binary }
    : {
        name: 'MinIO',
        isThere: found.hasEither,
        leavesOut: 'the core scenarios on MinIO',
        cure: `start Docker, or ${binary}`,
      };
}

function isNamedOrOnPath(program: string, variable: string, env: NodeJS.ProcessEnv): boolean {
  return (env[variable] ?? findOnPath(program, env)) !== null;
}

/** One line; null when nothing is missing. */
export function describeMissing(services: readonly Service[]): string | null {
  const missing = services.filter((service) => !service.isThere);
  if (missing.length === 0) return null;
  const each = missing.map(({ name, leavesOut, cure }) => `${leavesOut} (no ${name}: ${cure})`);
  return `Left out: ${each.join('; ')}. Then run npm test again.`;
}
