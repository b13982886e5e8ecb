/** `npm run sim`: the streamer in virtual worlds under seeded faults. Results on stdout, progress on stderr. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  HarnessError,
  type MadeWorld,
  madeWorld,
  madeWorldNames,
  onStopSignals,
  planWorld,
  readScenarioFile,
  runSeeds,
  runWorld,
  shrinkPlan,
  verdictOfWorld,
  WORLD_KINDS,
  type WorldKind,
  type WorldPlan,
  type WorldResult,
  writeScenarioFile,
} from '#simulator';
import { endOf } from '../command-line.ts';
import { Progress } from '../environment/progress.ts';
import { renderBreach, renderSums } from './render.ts';
import { WorldTally } from './tally.ts';

const exitCodes = { held: 0, breached: 1, usage: 2, provesNothing: 3 } as const;

interface Flags {
  readonly seeds?: number;
  readonly seed?: number;
  readonly world: WorldKind;
  readonly made?: MadeWorld;
  readonly replay?: string;
  readonly threads: number;
  readonly keepGoing: boolean;
  readonly trace?: string;
  readonly out: string;
  readonly json: boolean;
}

const SEEDS_DEFAULT = 1_000;
/** Of smaller and smaller worlds; each takes a tenth of a second or less. */
const SHRINK_ATTEMPTS_MAX = 400;

const afterHelp = `
A seed is a world of at least 200 objects with at least 5 faults of 3 kinds. Same seed, same run, byte for byte (on the same Node).
  npm run sim -- --seeds 1000              seeds 1 to 1000
  npm run sim -- --world redis --seeds 300 three instances that share state and work
  npm run sim -- --seed 63 --trace t.txt   one world, with all that happened in it
  npm run sim -- --replay FILE             a world that was saved when it broke an invariant
  npm run sim -- --seeds 9999 --keep-going a long hunt; --seed N alone shrinks what it found
Exit codes: 0 every invariant held · 1 one broke · 2 wrong usage · 3 the run proves nothing.`;

function program(interrupt: AbortSignal, end: (code: number) => void): Command {
  return new Command('sim')
    .description('Runs the streamer in virtual worlds under seeded faults.')
    .option('--seeds <n>', `how many worlds (${SEEDS_DEFAULT}; 1 with --seed alone)`, parseWhole)
    .option('--seed <n>', 'the first seed (1)', parseWhole)
    .addOption(new Option('--world <kind>', 'one instance, or three on Redis').choices(WORLD_KINDS).default('single'))
    .addOption(
      new Option('--made <name>', 'run a small world that was made for one thing')
        .choices(madeWorldNames)
        .conflicts(['seeds', 'replay']),
    )
    .addOption(new Option('--replay <file>', 'run the world of a scenario file').conflicts(['seed', 'seeds']))
    .option('--threads <n>', 'worlds at a time', parseWhole, availableParallelism())
    .option('--keep-going', 'go on after a breach; tell of each, and shrink none', false)
    .option('--trace <file>', 'of a single world: write what happened in it')
    .option('--out <folder>', 'where a world that broke an invariant is saved', 'reports/out/sim')
    .option('--json', 'the result as JSON on stdout', false)
    .addHelpText('after', afterHelp)
    .exitOverride()
    .action(async (flags: Flags) => end(await run(flags, interrupt)));
}

async function run(flags: Flags, interrupt: AbortSignal): Promise<number> {
  if (flags.replay !== undefined) {
    const { plan } = readScenarioFile(flags.replay);
    return reportOne(await runOne(plan, flags), flags, [`npm run sim -- --replay ${flags.replay}`]);
  }
  if (flags.made !== undefined) {
    const { made, seed = 1 } = flags;
    return reportOne(await runOne(madeWorld(made, seed), flags), flags, [
      `npm run sim -- --made ${made} --seed ${seed}`,
    ]);
  }
  if (flags.seeds === undefined && flags.seed !== undefined) return runSeed(flags.seed, flags);
  if (flags.trace !== undefined)
    throw new HarnessError('usage', '--trace needs a single world: --seed N, --made NAME or --replay FILE.');
  return runMany(flags.seed ?? 1, flags.seeds ?? SEEDS_DEFAULT, flags, interrupt);
}

async function runSeed(seed: number, flags: Flags): Promise<number> {
  const result = await runOne(planWorld(seed, flags.world), flags);
  if (result.violation !== null) return reportBreach(result, flags);
  if (verdictOfWorld(result) === 'proves-nothing') {
    process.stderr.write(`Too little went wrong in the world of seed ${seed}: it proves nothing.\n`);
    return exitCodes.provesNothing;
  }
  return reportOne(result, flags, []);
}

async function runOne(plan: WorldPlan, { trace }: Flags): Promise<WorldResult> {
  const result = await runWorld(plan, { isTraced: trace !== undefined });
  if (trace !== undefined) writeFileSync(trace, result.trace ?? '');
  return result;
}

/** A world that is smaller than those of seeds, or just one of them. */
function reportOne(result: WorldResult, { json }: Flags, replays: readonly string[]): number {
  if (json) printJson(result);
  else if (result.violation === null)
    process.stdout.write(
      `Every invariant held: ${result.objects} objects, ${result.lines} lines, ${result.exercised.length} faults that did something.\n`,
    );
  else process.stdout.write(renderBreach({ result, smallest: null, replays }));
  return result.violation === null ? exitCodes.held : exitCodes.breached;
}

async function runMany(firstSeed: number, count: number, flags: Flags, signal: AbortSignal): Promise<number> {
  const progress = new Progress(process.stderr);
  const tally = new WorldTally(flags.world);
  const startedMs = performance.now();
  const onResult = (result: WorldResult): boolean => {
    tally.add(result);
    if (result.violation !== null && flags.keepGoing)
      progress.note(`seed ${result.seed} breaks ${result.violation.invariant}: ${result.violation.detail}`);
    progress.update(tally.sums.worlds, count, `${tally.sums.worlds} of ${count} worlds`);
    return result.violation !== null && !flags.keepGoing;
  };
  await runSeeds({ world: flags.world, firstSeed, count, threads: flags.threads, onResult, signal });
  progress.end();
  const [breach] = tally.breaches;
  if (breach !== undefined && !flags.keepGoing) return reportBreach(breach, flags);
  if (signal.aborted) process.stderr.write('Interrupted.\n');
  if (signal.aborted && breach === undefined) return exitCodes.provesNothing;
  const elapsedS = (performance.now() - startedMs) / 1000;
  const breaches = tally.breaches.map((result) => ({ ...result, replays: [replayOf(result.seed, flags)] }));
  if (flags.json)
    printJson({ ...tally.sums, elapsedS, kinds: Object.fromEntries(tally.kinds), gaps: tally.gaps, breaches });
  else {
    for (const { replays, ...result } of breaches)
      process.stdout.write(renderBreach({ result, smallest: null, replays }));
    process.stdout.write(renderSums(tally, elapsedS));
  }
  if (breach !== undefined) return exitCodes.breached;
  for (const gap of tally.gaps) process.stderr.write(`It proves nothing: ${gap}.\n`);
  return tally.gaps.length === 0 ? exitCodes.held : exitCodes.provesNothing;
}

async function reportBreach(result: WorldResult, flags: Flags): Promise<number> {
  const { world, out, json } = flags;
  const { seed, violation } = result;
  if (violation === null) return exitCodes.held;
  process.stderr.write(
    `Seed ${seed} breaks ${violation.invariant}; looking for the smallest world that still does...\n`,
  );
  const smallest = await shrinkPlan(planWorld(seed, world), {
    breach: async (plan) => (await runWorld(plan, { isTraced: false })).violation?.invariant ?? null,
    invariant: violation.invariant,
    attemptsMax: SHRINK_ATTEMPTS_MAX,
  });
  const path = `${out}/${world === 'single' ? '' : `${world}-`}seed-${seed}.json`;
  writeScenarioFile(path, { invariant: violation.invariant, detail: violation.detail, plan: smallest });
  const replays = [replayOf(seed, flags), `npm run sim -- --replay ${path}`];
  if (json) printJson({ ...result, smallest, replays });
  else process.stdout.write(renderBreach({ result, smallest, replays }));
  return exitCodes.breached;
}

function replayOf(seed: number, { world }: Flags): string {
  return `npm run sim -- ${world === 'single' ? '' : `--world ${world} `}--seed ${seed}`;
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function parseWhole(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

async function main(): Promise<number> {
  const interrupt = new AbortController();
  onStopSignals({ inOrder: () => interrupt.abort(), atOnce: () => process.exit(exitCodes.provesNothing) });
  let code: number = exitCodes.held;
  try {
    await program(interrupt.signal, (ended) => {
      code = ended;
    }).parseAsync();
    return code;
  } catch (error) {
    const { exitCode, text } = endOf(error);
    process.stderr.write(text);
    return exitCode;
  }
}

// Not process.exit: what is written to a pipe must be out first.
process.exitCode = await main();
