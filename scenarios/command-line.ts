/** What all command lines of the harness have in common: exit codes, options, and how they end. */
import { inspect } from 'node:util';
import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { HarnessError, messageOf, onStopSignals } from '#simulator';

export const exitCodes = { passed: 0, failed: 1, usage: 2, provesNothing: 3 } as const;

export const s3Help = `
Exit codes: 0 passed · 1 a check failed · 2 wrong usage or configuration · 3 the run proves nothing.
--s3: embedded (needs nothing, the default) · minio (Docker, or a binary on PATH or in MINIO_BINARY) ·
      http://host:9000 (a bucket is made and deleted) · http://host:9000/bucket. Credentials: AWS_*.`;

const exitCodeOfFault: Readonly<Record<HarnessError['fault'], number>> = {
  usage: exitCodes.usage,
  broken: exitCodes.provesNothing,
  streamer: exitCodes.failed,
};

/** As npm was asked, and always with the seed: everything random comes from it. `words` are those behind the name of the npm script. */
export function replayCommand(script: string, words: readonly string[], seed: number): string {
  const rest = words.includes('--seed') ? words : [...words, '--seed', String(seed)];
  const quoted = rest.map((word) =>
    /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  return ['npm', 'run', script, '--', ...quoted].join(' ');
}

export function parseSeed(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.');
  return Number(text);
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}

export function parseDurationS(text: string): number {
  const [, number, unit] = /^(\d+)(s|m|h)?$/.exec(text) ?? [];
  const durationS = Number(number) * ({ s: 1, m: 60, h: 3600 }[unit ?? 's'] ?? 1);
  if (!(durationS >= 1)) throw new InvalidArgumentError('It must be such as 60s or 5m.');
  return durationS;
}

/** Gives the exit code. The program calls `end` with its own; a signal aborts `interrupt`, and another, later one ends at once. */
export async function runCommandLine(
  program: (interrupt: AbortSignal, end: (code: number) => void) => Command,
): Promise<number> {
  const interrupt = new AbortController();
  onStopSignals({
    inOrder() {
      process.stderr.write('\nStopping...\n');
      interrupt.abort();
    },
    // The guard process ends what is still running.
    atOnce: () => process.exit(exitCodes.provesNothing),
  });
  // What goes wrong where nobody waits for it: Node would end with 1, as if a check had failed.
  process.on('uncaughtException', (error) => {
    process.stderr.write(endOf(error).text);
    process.exit(endOf(error).exitCode);
  });
  let code: number = exitCodes.passed;
  try {
    await program(interrupt.signal, (ended) => {
      code = ended;
    }).parseAsync();
    return code;
  } catch (error) {
    if (interrupt.signal.aborted) {
      const leftover = error instanceof HarnessError ? error.leftover : null;
      process.stderr.write(`Interrupted: nothing was judged, ${leftover ?? 'nothing is left running.'}\n`);
      // A fault that was to last for a while may still be waiting for its end.
      process.exit(exitCodes.provesNothing);
    }
    const { exitCode, text } = endOf(error);
    process.stderr.write(text);
    return exitCode;
  }
}

/** What an error means for whoever called, and what is to be said of it. One that nobody foresaw is the harness's own, and says nothing of the streamer. */
export function endOf(error: unknown): { readonly exitCode: number; readonly text: string } {
  // Commander has said what is wrong, or printed the help.
  if (error instanceof CommanderError)
    return { exitCode: error.exitCode === 0 ? exitCodes.passed : exitCodes.usage, text: '' };
  if (error instanceof HarnessError) return { exitCode: exitCodeOfFault[error.fault], text: `${error.message}\n` };
  return { exitCode: exitCodes.provesNothing, text: `${describeUnforeseen(error)}\n` };
}

/** With its stack and its causes: whoever mends it needs them. */
export function describeUnforeseen(error: unknown): string {
  return `The harness broke, so nothing is proved: ${messageOf(error)}\n${inspect(error)}`;
}
