/** The bare pipe (bare-pipe.ts) as a process of its own. */
import { fileURLToPath } from 'node:url';
import { HarnessError } from '#simulator';
import { z } from 'zod';
import type { Stage } from '../run/context.ts';

const stopGraceMs = 2000;
const startMs = 20_000;

const startedSchema = z.object({ started: z.literal(true), startedMs: z.number() });

export async function startBarePipe(
  stage: Stage,
  name: string,
): Promise<{
  readonly pid: number;
  readonly readyMs: number;
  readonly failure: () => HarnessError | null;
  readonly stop: () => Promise<unknown>;
}> {
  const { s3, prefix, sink } = stage;
  const options = {
    endpoint: s3.endpoint,
    region: s3.region,
    forcePathStyle: s3.forcePathStyle,
    bucket: s3.bucket,
    prefix,
    sinks: sink.endpoints,
  };
  const child = await stage.processes.start({
    name,
    command: process.execPath,
    // Node strips the types itself: a loader in the process would be measured with it.
    args: [fileURLToPath(new URL('bare-pipe.ts', import.meta.url)), JSON.stringify(options)],
    env: { ...s3.env, NODE_NO_WARNINGS: '1' },
  });
  const { startedMs } = await child.waitForLine((line) => startedSchema.parse(JSON.parse(line)), startMs);
  return {
    pid: child.pid,
    readyMs: startedMs,
    failure: () => {
      if (child.status === null) return null;
      const how = `The bare pipe ended by itself (${child.describeExit()}).`;
      return new HarnessError('broken', `${how}\n${child.lastLines()}`);
    },
    stop: async () => child.stop(stopGraceMs),
  };
}
