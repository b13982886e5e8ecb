/** What of this machine some tests need and others do without. */
import { existsSync } from 'node:fs';
import { findOnPath, isDockerAnswering, isMinioAvailable, isRedisAvailable } from '#simulator';

export interface Service {
  readonly name: string;
  readonly isThere: boolean;
  /** What is not run without it. */
  readonly leavesOut: string;
  readonly cure: string;
}

export async function findServices(env: NodeJS.ProcessEnv): Promise<readonly Service[]> {
  return [
    {
      name: 'MinIO',
      isThere: await isMinioAvailable(env),
      leavesOut: 'the snapshot on MinIO',
      cure: 'start Docker, or put a minio binary on PATH or into MINIO_BINARY',
    },
    {
      name: 'Redis',
      isThere: isRedisAvailable(env),
      leavesOut: 'what runs on Redis',
      cure: 'put redis-server on PATH',
    },
    {
      name: 'Docker',
      isThere: await isDockerAnswering(env['DOCKER_HOST']),
      leavesOut: 'MinIO and Redis from their images, and our own image',
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
