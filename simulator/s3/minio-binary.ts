/** MinIO from a binary on this machine, unmodified, as a separate server process. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../process/child.ts';
import { HarnessError } from '../process/errors.ts';
import { findOnPath, isExecutable } from '../process/executable.ts';
import { freePort } from '../process/free-port.ts';
import type { Processes } from '../process/processes.ts';
import type { RunningMinio } from './minio-container.ts';

const startMs = 20_000;
const readyPollMs = 50;
const moduleMark = 'mod\tgithub.com/minio/minio\t';

/** MINIO_BINARY, else `minio` on PATH; null when there is none. */
export function findMinioBinary(env: NodeJS.ProcessEnv): string | null {
  const named = env['MINIO_BINARY'];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new HarnessError(
      'usage',
      `MINIO_BINARY names ${named}, which is no executable file. Correct it, or unset it.`,
    );
  }
  return findOnPath('minio', env);
}

export async function startMinioBinary(
  processes: Processes,
  binary: string,
  credentials: { readonly user: string; readonly password: string },
): Promise<RunningMinio> {
  const versionText = readVersion(binary);
  // MinIO takes no port 0.
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = await processes.start({
    name: 's3',
    command: binary,
    args: ['server', processes.temporaryFolder('minio'), '--address', `127.0.0.1:${port}`],
    env: {
      MINIO_ROOT_USER: credentials.user,
      MINIO_ROOT_PASSWORD: credentials.password,
      MINIO_BROWSER: 'off',
      // It would ask the network for a newer version.
      MINIO_UPDATE: 'off',
    },
  });
  await waitUntilReady(endpoint, child);
  return { kind: 'minio', endpoint, versionText, pid: child.pid };
}

/** A build by `go install` calls itself DEVELOPMENT; the version it was built from is in the build information that Go leaves in the binary. */
function readVersion(binary: string): string {
  const text = execFileSync(binary, ['--version'], { encoding: 'utf8' });
  if (!text.includes('DEVELOPMENT')) return text;
  const content = readFileSync(binary);
  const at = content.indexOf(moduleMark);
  return at === -1
    ? text
    : `minio version ${content.toString('latin1', at + moduleMark.length, at + moduleMark.length + 60).split('\t')[0]}`;
}

async function waitUntilReady(endpoint: string, child: Child): Promise<void> {
  const deadlineMs = Date.now() + startMs;
  while (child.status === null && Date.now() < deadlineMs) {
    if (await answers(`${endpoint}/minio/health/ready`)) return;
    await sleep(readyPollMs);
  }
  throw new HarnessError('broken', `MinIO did not become ready (${child.describeExit()}).\n${child.lastLines()}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Refused or timed out: not up yet. The caller has the deadline.
    return false;
  }
}
