import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readReadyLine } from './child.ts';
import { Processes } from './processes.ts';
import { readUsage } from './usage.ts';
import { UsageSampler } from './usage-sampler.ts';

const idle = 'setInterval(() => {}, 1000);';
const ready = 'console.log(JSON.stringify({ ready: true, port: 7 }));';

describe('Processes', () => {
  let folder = '';
  let processes: Processes;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3es-processes-'));
    processes = new Processes(folder);
  });
  afterEach(async () => {
    await processes.stopAll();
    rmSync(folder, { recursive: true });
  });

  function startNode(name: string, program: string) {
    return processes.start({ name, command: process.execPath, args: ['-e', program] });
  }

  it('waits for the line that says ready, and passes its content on', async () => {
    const child = await startNode('sink', `console.log('starting'); ${ready} ${idle}`);
    expect(await child.waitForLine(readReadyLine, 5000)).toMatchObject({ port: 7 });
  });

  it('tells the last log lines of a process that ended before it was ready', async () => {
    const child = await startNode('sink', `console.error('port 8080 is in use'); process.exit(2);`);
    await expect(child.waitForLine(readReadyLine, 5000)).rejects.toThrow(
      /sink ended before it was ready \(exit code 2\)[^]*sink \| port 8080 is in use/,
    );
  });

  it('gives up on a process that never gets ready', async () => {
    const child = await startNode('sink', idle);
    await expect(child.waitForLine(readReadyLine, 200)).rejects.toThrow('sink was not ready within 0.2 s');
  });

  it('names a program that cannot be started', async () => {
    await expect(processes.start({ name: 'minio', command: '/nowhere/minio', args: [] })).rejects.toThrow(
      /minio could not be started: .*ENOENT/,
    );
  });

  it('kills a process that ignores SIGTERM when its grace is over', async () => {
    const child = await startNode('deaf', `process.on('SIGTERM', () => {}); ${ready} ${idle}`);
    await child.waitForLine(readReadyLine, 5000);
    expect(await child.stop(100)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('adds up the CPU time of a role over a restart', async () => {
    const sampler = new UsageSampler(20);
    const burn = `while (process.cpuUsage().user < 200_000); ${ready} ${idle}`;
    for (let round = 0; round < 2; round++) {
      const child = await startNode('streamer', burn);
      sampler.watch('streamer', child.pid);
      await child.waitForLine(readReadyLine, 5000);
      sampler.sample();
      await child.stop(1000);
    }
    sampler.stop();
    const cpuS = sampler.usage('streamer')?.samples.map((sample) => sample.cpuS) ?? [];
    expect(cpuS).toEqual(cpuS.toSorted((a, b) => a - b));
    // The second alone has burnt 0.2 s.
    expect(cpuS.at(-1)).toBeGreaterThan(0.3);
  });

  it('tells the CPU time of the main thread from that of the thread pool', async () => {
    const sampler = new UsageSampler(20);
    const bytes = 50_000_000;
    const child = await startNode(
      'streamer',
      `require('node:zlib').gzip(Buffer.alloc(${bytes}, 'abcdefgh'), () => { ${ready} }); ${idle}`,
    );
    sampler.watch('streamer', child.pid);
    await child.waitForLine(readReadyLine, 20_000);
    sampler.sample();
    sampler.stop();
    const { cpuS = 0, mainThreadCpuS = null } = sampler.usage('streamer') ?? {};
    expect(mainThreadCpuS).toBeGreaterThan(0);
    expect(cpuS - (mainThreadCpuS ?? 0)).toBeGreaterThan(0.05);
  });

  it('waits, when it is stopped once more, for what is still being undone, and tells what could not be', async () => {
    const undone: string[] = [];
    processes.onStop(async () => {
      await sleep(200);
      undone.push('first');
    });
    processes.onStop(async () => {
      throw new Error('S3 refuses');
    });
    // As after an interrupt: nobody waits for it.
    void processes.stopAll().catch(() => undefined);
    await sleep(50);
    processes.onStop(async () => void undone.push('added meanwhile'));
    const late = await startNode('late', idle);
    const failure: unknown = await processes.stopAll().catch((error: unknown) => error);
    expect(undone).toEqual(['first', 'added meanwhile']);
    expect(readUsage(late.pid)).toBeNull();
    expect(failure).toMatchObject({ fault: 'broken', leftover: expect.stringContaining('S3 refuses') });
    processes = new Processes(folder);
  });

  it('cleans up in a foreign service only when no process can add to it any more', async () => {
    const child = await startNode('generator', `${ready} ${idle}`);
    await child.waitForLine(readReadyLine, 5000);
    let isRunningAtEnd: boolean | null = null;
    processes.onEnd(async () => {
      isRunningAtEnd = readUsage(child.pid) !== null;
    });
    await processes.stopAll();
    expect(isRunningAtEnd).toBe(false);
  });

  it('leaves no process and no temporary folder behind when the harness is killed with SIGKILL', async () => {
    const harness = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('fixture-harness.ts', import.meta.url)), folder],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [line]: unknown[] = await once(harness.stdout, 'data');
    const started: { pid: number; temporary: string } = JSON.parse(String(line));
    expect(readUsage(started.pid)).not.toBeNull();
    expect(existsSync(started.temporary)).toBe(true);
    harness.kill('SIGKILL');
    await expectSoon(() => readUsage(started.pid) === null && !existsSync(started.temporary));
  });
});

async function expectSoon(isTrue: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 5000;
  while (!isTrue() && Date.now() < deadlineMs) await sleep(20);
  expect(isTrue()).toBe(true);
}
