/** The generator as a process of its own: `npm run simulate -- ...`. Summary on stdout, progress on stderr. */
import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { HarnessError } from '../process/errors.ts';
import { onStopSignals } from '../process/stop-signals.ts';
import { parseGeneratorArguments, type GeneratorArguments } from './arguments.ts';
import { generate } from './generate.ts';
import { createProgressLog } from './progress.ts';
import { describeSummary } from './summary.ts';

const EXIT = { done: 0, usage: 2, provesNothing: 3 } as const;

async function run(options: GeneratorArguments): Promise<number> {
  const stop = new AbortController();
  const { signal } = stop;
  onStopSignals({ inOrder: () => stop.abort(), atOnce: () => process.exit(EXIT.provesNothing) });
  const log = createProgressLog(process.stderr, () => performance.now());
  try {
    const summary = await generate(options, process.env, log, signal);
    process.stdout.write(`${options.printsJson ? JSON.stringify(summary) : describeSummary(summary)}\n`);
    return summary.failed === 0 && summary.objects > 0 ? EXIT.done : EXIT.provesNothing;
  } catch (error) {
    if (signal.aborted) {
      log.say('Stopped before the first upload.');
      return EXIT.provesNothing;
    }
    log.say(error instanceof HarnessError ? error.message : inspect(error));
    return error instanceof HarnessError && error.fault === 'usage' ? EXIT.usage : EXIT.provesNothing;
  }
}

try {
  process.exitCode = await run(parseGeneratorArguments(process.argv));
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has said what is wrong, or printed the help.
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}
