import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HarnessError, type Processes, removeFolder } from '#simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withProcesses } from './with-processes.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3es-with-processes-'));
});
afterEach(() => removeFolder(folder));

async function failureOf(work: (processes: Processes) => Promise<never>): Promise<unknown> {
  const { signal } = new AbortController();
  return withProcesses(folder, join(folder, 'logs'), signal, work).catch((error: unknown) => error);
}

async function endingBadly(processes: Processes, name: string, isUnderTest: boolean): Promise<void> {
  const program = `console.error('${name} has had enough'); process.exit(5)`;
  const child = await processes.start({ name, command: process.execPath, args: ['-e', program], isUnderTest });
  await child.exited;
}

describe('a failure of the streamer', () => {
  it('stays its own where only streamers have ended by themselves', async () => {
    const failure = await failureOf(async (processes) => {
      await endingBadly(processes, 'streamer-1', true);
      throw new HarnessError('streamer', 'The streamer did not start.');
    });
    expect(failure).toMatchObject({ fault: 'streamer' });
  });

  it('is no proof against it where a part that it needs has ended as well', async () => {
    const failure = await failureOf(async (processes) => {
      await endingBadly(processes, 's3', false);
      throw new HarnessError('streamer', 'The streamer did not start.');
    });
    expect(failure).toMatchObject({ fault: 'broken' });
    expect(String(failure)).toMatch(/did not start.*\ns3 has ended \(exit code 5\)\.\n.*s3 has had enough/);
  });

  it.each([
    { isThere: true, fault: 'streamer', message: 'The streamer did not start.' },
    { isThere: false, fault: 'broken', message: 'The streamer did not start.\nS3 at http://s3 does not answer.' },
  ])('is judged by whether a foreign service that it needs is there: $isThere', async ({ isThere, fault, message }) => {
    const failure = await failureOf(async (processes) => {
      processes.need({ name: 'S3 at http://s3', isAnswering: async () => isThere });
      throw new HarnessError('streamer', 'The streamer did not start.');
    });
    expect(failure).toMatchObject({ fault, message });
  });
});
