/** `npm run gate:power`: how often the gate raises a false alarm, and how surely it finds a slow-down of known size. */
import { Command } from 'commander';
import { createRandom } from '#simulator';
import { exitCodes, parseCount, parseDurationS, parseSeed, runCommandLine } from '../../command-line.ts';
import { Progress } from '../../environment/progress.ts';
import { readPairs } from '../pair.ts';
import { readGateSettings } from '../settings.ts';
import { collectPairs } from './collect.ts';
import { estimatePower, pairsInTime } from './estimate.ts';
import { renderPower } from './render.ts';

/** Of a gate's time: building base, preparing the load, a rehearsal of each side. */
const setUpS = 60;

interface CollectFlags {
  readonly time: number;
  readonly s3: string;
  readonly seed: number;
}

interface EstimateFlags {
  readonly budget: number;
  readonly drawings: number;
  readonly gates: number;
  readonly json: boolean;
  readonly seed: number;
}

function program(signal: AbortSignal, end: (code: number) => void): Command {
  const root = new Command('gate:power').description('False-alarm and detection rates of the gate.').exitOverride();
  root
    .command('collect')
    .description('run base with itself and with known slow-downs, and add the pairs to a file')
    .argument('<file>', 'where the pairs are kept')
    .option('--time <time>', 'no block of runs begins after that', parseDurationS, 600)
    .option('--s3 <which>', 'embedded, minio or a URL', 'embedded')
    .option('--seed <n>', 'of the load and the order', parseSeed, 1)
    .action(async (pairsFile: string, { time, s3, seed }: CollectFlags) => {
      const progress = new Progress(process.stderr);
      const options = { seed, s3, redis: 'none', out: '', replay: '', progress, signal, durationS: time, pairsFile };
      process.stdout.write(`${await collectPairs(options)} blocks of 5 pairs added to ${pairsFile}\n`);
      end(exitCodes.passed);
    });
  root
    .command('estimate')
    .description('the rates, from pairs that were collected')
    .argument('<file>', 'with the pairs')
    .option('--budget <time>', 'of the gate', parseDurationS, 600)
    .option('--drawings <n>', 'of the stored pairs, for the intervals', parseCount, 50)
    .option('--gates <n>', 'played with each drawing', parseCount, 40)
    .option('--json', 'as JSON on stdout', false)
    .option('--seed <n>', 'of the drawings', parseSeed, 1)
    .action((file: string, flags: EstimateFlags) => {
      process.stdout.write(estimate(file, flags));
      end(exitCodes.passed);
    });
  for (const command of root.commands) command.exitOverride();
  return root;
}

function estimate(file: string, { budget, drawings, gates, json, seed }: EstimateFlags): string {
  const pairs = readPairs(file);
  const most = pairsInTime(pairs, budget - setUpS);
  const powers = [...Map.groupBy(pairs, ({ kind }) => kind)].map(([kind, ofKind]) =>
    estimatePower(kind, ofKind, {
      settings: readGateSettings(),
      pairsInTime: most,
      drawings,
      gatesPerDrawing: gates,
      random: createRandom(seed).fork(kind),
    }),
  );
  if (json) return `${JSON.stringify({ pairsInTime: most, powers })}\n`;
  return `${pairs.length} stored pairs; ${most} pairs fit into ${budget} s at their pace.\n\n${renderPower(powers)}`;
}

process.exitCode = await runCommandLine(program);
