/** `npm run gate:power`: how often the gate raises a false alarm, and how surely it finds a slow-down of known size. */
import { Command } from 'commander';
import { Progress } from '../../environment/progress.ts';
import { collectPairs } from './collect.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());

const root = new Command('gate:power').description('False-alarm and detection rates of the gate.');
root
  .command('collect')
  .description('run base with itself and with known slow-downs, and add the pairs to a file')
  .requiredOption('--pairs <file>', 'where the pairs are kept')
  .option('--seconds <n>', 'no block of runs begins after that', Number, 240)
  .action(async ({ pairs, seconds }: { readonly pairs: string; readonly seconds: number }) => {
    const blocks = await collectPairs({
      seed: 1,
      s3: 'embedded',
      out: '',
      replay: '',
      progress: new Progress(process.stderr),
      signal: interrupt.signal,
      durationS: seconds,
      pairsFile: pairs,
    });
    process.stdout.write(`${blocks} blocks added to ${pairs}\n`);
  });
await root.parseAsync();
