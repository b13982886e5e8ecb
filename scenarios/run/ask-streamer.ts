/** Commands of the streamer, asked as an operator would ask them when a run is over. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { HarnessError, messageOf } from '#simulator';
import { z } from 'zod';
import type { Stage } from './context.ts';
import type { Streamer } from './streamer.ts';
import { sumOf } from './sum.ts';

const answerBytesMax = 64 * 1024 * 1024;
const stderrLinesMax = 12;

/** What `execFile` throws when the process itself has failed. Otherwise `code` is a text. */
const failureSchema = z.object({ code: z.number().nullable(), signal: z.string().nullable(), stderr: z.string() });

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
    throw failureOf(words.join(' '), error);
  }
}

/** A process that could not be started, or said more than fits, is no fault of the streamer. */
function failureOf(command: string, error: unknown): HarnessError {
  const failure = failureSchema.safeParse(error);
  const [fault, how] = failure.success
    ? (['streamer', exitOf(failure.data)] as const)
    : (['broken', messageOf(error)] as const);
  return new HarnessError(fault, `The streamer's "${command}" failed: ${how}`, { cause: error });
}

function exitOf({ code, signal, stderr }: z.infer<typeof failureSchema>): string {
  const lines = stderr.trimEnd().split('\n').slice(-stderrLinesMax);
  return [code === null ? `killed by ${signal}` : `exit code ${code}`, ...lines].join('\n  ');
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
  return sumOf(states, droppedLinesIn);
}

function droppedLinesIn(state: string): number {
  try {
    return stateSchema.parse(JSON.parse(state)).droppedLines;
  } catch (error) {
    throw new HarnessError(
      'streamer',
      `The streamer's "state show" does not say what was dropped: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}
