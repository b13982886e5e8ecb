/** What a run ran on, for its report. */
import { execFileSync } from 'node:child_process';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';

export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMB: number;
  readonly os: string;
  /** Short commit, followed by `+changes` when the working tree differs; null outside a checkout. */
  readonly git: string | null;
}

export function describeMachine(): Machine {
  return {
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryMB: Math.round(totalmem() / 1e6),
    os: `${type()} ${release()} ${arch()}`,
    git: describeCommit(),
  };
}

function describeCommit(): string | null {
  try {
    const commit = git('rev-parse', '--short', 'HEAD').trim();
    return git('status', '--porcelain') === '' ? commit : `${commit}+changes`;
  } catch {
    // No git, or no checkout (an unpacked archive): the report then says nothing about it.
    return null;
  }
}

function git(...args: readonly string[]): string {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
