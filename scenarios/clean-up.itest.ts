import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRedisAvailable } from '#simulator';

// The children of a process are found in /proc.
const lacksParts = !existsSync('/proc/self/stat') || (process.env['CI'] !== 'true' && !isRedisAvailable(process.env));
const streamersOfScenario = 3;

describe.skipIf(lacksParts)('a run of several instances that is cut off', () => {
  let out = '';
  let harness: ChildProcess | null = null;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 's3es-clean-up-'));
  });
  afterEach(() => {
    harness?.kill('SIGKILL');
    rmSync(out, { recursive: true });
  });

  it.each([
    { signal: 'SIGINT', what: 'Ctrl-C' },
    { signal: 'SIGKILL', what: 'kill -9 of the harness' },
  ] as const)('leaves no process and no half report after $what', async ({ signal }) => {
    const script = fileURLToPath(new URL('main.ts', import.meta.url));
    const args = ['scenario', 'instance-crash', '--seed', '1', '--out', out];
    const started = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    harness = started;
    const pid = started.pid ?? 0;
    let progress = '';
    started.stderr.on('data', (text: Buffer) => (progress += text.toString()));
    // In the middle of a fault that would go on for longer than anybody waits.
    const isStreaming = (): boolean => started.exitCode !== null || progress.includes('agents 800 ms away');
    await expect.poll(isStreaming, { timeout: 60_000 }).toBe(true);
    expect(streamersOf(pid)).toBe(streamersOfScenario);
    const children = childrenOf(pid);
    // S3, sink, Redis, the streamers, the guard.
    expect(children.length).toBeGreaterThanOrEqual(streamersOfScenario + 4);
    const ended = once(started, 'exit');
    started.kill(signal);
    await ended;
    await expect.poll(() => children.filter(isRunning), { timeout: 30_000 }).toEqual([]);
    await expect.poll(() => readdirSync(out), { timeout: 10_000 }).toEqual([]);
  });
});

function streamersOf(pid: number): number {
  return childrenOf(pid).filter((child) => commandOf(child).includes('streamer.js')).length;
}

function childrenOf(parent: number): readonly number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => parentOf(pid) === parent);
}

/** `pid (name) state parent ...`; the name may hold anything, so from its last bracket on. */
function parentOf(pid: number): number {
  const stat = readProc(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function commandOf(pid: number): string {
  return readProc(pid, 'cmdline');
}

/** A zombie has ended. */
function isRunning(pid: number): boolean {
  const status = readProc(pid, 'status');
  return status !== '' && !/^State:\s+Z/m.test(status);
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    // It has ended.
    return '';
  }
}
