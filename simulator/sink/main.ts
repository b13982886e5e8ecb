/** The mock EdgeDelta as a process of its own: `npm run sink -- ...`. Prints one line of JSON on stdout when it is ready. */
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { CommanderError } from 'commander';
import { HarnessError } from '../process/errors.ts';
import { onStopSignals } from '../process/stop-signals.ts';
import { parseSinkArguments, type SinkArguments } from './arguments.ts';
import { createProgress, summarize } from './console.ts';
import { type Control, serveControl } from './control.ts';
import { Sink } from './sink.ts';

const progressEveryMs = 1_000;
const provesNothingCode = 3;

async function run(options: SinkArguments): Promise<void> {
  const sink = await Sink.start(options);
  let control: Control;
  try {
    control = await serveControl(sink, options.host, options.controlPort);
  } catch (error) {
    await sink.close();
    throw error;
  }
  const places = { endpoints: sink.endpoints, control: control.url, otlp: sink.metrics?.address ?? null };
  process.stdout.write(`${JSON.stringify({ ready: true, ...places })}\n`);
  const progress = options.showsProgress ? setInterval(createProgress(sink, tell), progressEveryMs) : null;

  const stop = async (): Promise<void> => {
    if (progress !== null) clearInterval(progress);
    if (options.showsProgress) tell(summarize(sink));
    await Promise.all([sink.close(), control.close()]);
  };
  onStopSignals({ inOrder: () => void stop(), atOnce: () => process.exit(provesNothingCode) });
}

function tell(text: string): void {
  process.stderr.write(text);
}

/** As in the contract: 2 for bad usage, 3 when the harness itself is broken. */
function exitCodeOf(error: unknown): number {
  // Commander has printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  tell(`${error instanceof HarnessError ? error.message : inspect(error)}\n`);
  return error instanceof HarnessError && error.fault === 'usage' ? 2 : provesNothingCode;
}

// Buffers that come and go at 1 GB/s lie outside V8's heap, and it takes them for a reason to mark that small heap dozens of times in a few
// seconds. With this it waits until it must: a median of 1,140 MB per CPU second instead of 745 (see http/connection.ts for how measured).
setFlagsFromString('--no-incremental-marking');
try {
  await run(parseSinkArguments(process.argv));
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
