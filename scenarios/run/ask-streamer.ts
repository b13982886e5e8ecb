/** Commands of the streamer, asked as an operator would ask them when a run is over. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { HarnessError } from '#simulator';
import { z } from 'zod';
import type { Stage } from './context.ts';
import type { Streamer } from './streamer.ts';
import { sumOf } from './sum.ts';

const answerBytesMax = 64 * 1024 * 1024;

interface Question {
  readonly bundle: string;
  readonly configFile: string;
  /** The credentials of S3. */
  readonly env: Readonly<Record<string, string>>;
}

/** What the command says on stdout, as JSON. */
export async function askStreamer(words: readonly string[], { bundle, configFile, env }: Question): Promise<string> {
  const args = [bundle, ...words, '--config', configFile, '--json'];
  const options = { env: { ...process.env, ...env }, maxBuffer: answerBytesMax };
  try {
    return (await promisify(execFile)(process.execPath, args, options)).stdout;
  } catch (error) {
    const command = words.join(' ');
    throw new HarnessError('broken', `"${command}" of the streamer failed, so the run proves nothing.`, {
      cause: error,
    });
  }
}

const stateSchema = z.object({ droppedLines: z.int().nonnegative() });

/** Lines that were dropped by the durable count of them: a log ends where its process was killed. */
export async function readDroppedLines(
  { bundle, s3, redis }: Pick<Stage, 'bundle' | 's3' | 'redis'>,
  streamers: readonly Pick<Streamer, 'configFile'>[],
): Promise<number> {
  // In Redis they have one count in common.
  const holders = redis === null ? streamers : streamers.slice(0, 1);
  const states = await Promise.all(
    holders.map(async ({ configFile }) => askStreamer(['state', 'show'], { bundle, configFile, env: s3.env })),
  );
  return sumOf(states, (state) => stateSchema.parse(JSON.parse(state)).droppedLines);
}
