/** The sink as a process: what it prints, how it ends, and what its ceiling is measured with. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Processes } from '../process/processes.ts';
import { measureSinkCeiling } from './ceiling.ts';
import { buildTinyLoad, type TinyLoad } from './fixture-sink.ts';
import { startSinkProcess } from './sink-process.ts';

let load: TinyLoad;
let logFolder = '';
let processes: Processes;

beforeAll(async () => {
  load = await buildTinyLoad();
  logFolder = await mkdtemp(join(tmpdir(), 'sink-logs-'));
  processes = new Processes(logFolder);
});
afterAll(async () => {
  await processes.stopAll();
  await load.remove();
  await rm(logFolder, { recursive: true, force: true });
});

/** Runs it to its end. */
async function run(
  ...args: readonly string[]
): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [
    '--import',
    'tsx',
    fileURLToPath(new URL('main.ts', import.meta.url)),
    ...args,
  ]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, stdout, stderr };
}

describe('the sink process', () => {
  it('says where it listens, works, and ends with 0 on SIGTERM even with connections open', async () => {
    const fault = { kind: 'status', status: 503, count: 1 } as const;
    const { child, endpoints, client } = await startSinkProcess(processes, 'sink', {
      agents: 2,
      loadDir: load.dir,
      seed: 1,
      faults: [fault],
    });
    expect(endpoints).toHaveLength(2);
    const post = async () =>
      fetch(endpoints[1] ?? '', { method: 'POST', body: new Uint8Array(await load.body(0, 0, 3)) });
    expect((await post()).status).toBe(503);
    expect((await post()).status).toBe(200);
    expect(await client.ledger()).toMatchObject({ deliveredLines: 3, acknowledgedLines: 3 });
    expect(await client.stats()).toMatchObject({ totals: { posts: 2, lines: 3 }, load: load.dir });
    expect(await child.stop(5_000)).toEqual({ code: 0, signal: null });
  });

  it('ends with 2 and the cure for bad usage, a missing load and a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    try {
      const results = await Promise.all([
        run('--agents', 'many'),
        run('--load', join(logFolder, 'none')),
        run('--ports', port),
      ]);
      expect(results.map(({ code, stdout }) => [code, stdout])).toEqual([
        [2, ''],
        [2, ''],
        [2, ''],
      ]);
      expect(results[1]?.stderr).toContain(join(logFolder, 'none'));
      expect(results[2]?.stderr).toContain(`cannot listen on 127.0.0.1:${port}: another program has this port.`);
    } finally {
      other.close();
    }
  });

  it('ends with 0 for --help', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--agents');
  });
});

describe('measureSinkCeiling', () => {
  it('drives a sink with real bodies, every one of them judged', async () => {
    const ceiling = await measureSinkCeiling({ processes, loadDir: load.dir, agents: 2, durationS: 0.5 });
    expect(ceiling.rawMBps).toBeGreaterThan(1);
    expect(ceiling.posts).toBeGreaterThan(10);
    expect(ceiling.eventLoopUtilization).toBeGreaterThan(0.1);
    expect(ceiling.eventLoopUtilization).toBeLessThanOrEqual(1);
  });
});
