/**
 * `npm run mutants`: streamers that are broken on purpose. Each must break an invariant of the virtual world, else the harness would not notice such a
 * fault. The streamer as it is must break none in the same worlds, else a kill would prove nothing.
 */
import { availableParallelism } from 'node:os';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { isMadeWorld, messageOf, onStopSignals } from '#simulator';
import { Progress } from '../environment/progress.ts';
import { MUTANTS } from './catalog.ts';
import { hunt } from './hunt.ts';
import { readKnownSeeds, record } from './known.ts';
import { type Mutant, simOptions, worldOf } from './mutant.ts';
import { type HuntedMutant, renderMutants } from './render.ts';

const exitCodes = { killed: 0, survived: 1, usage: 2, provesNothing: 3 } as const;
const SEEDS_DEFAULT = 300;
/** Of a world that was made for it. */
const MADE_SEEDS = 10;
/** Whoever was killed by one of the first worlds is noticed by nearly any. */
const QUICK_SEED_MAX = 5;

interface Flags {
  readonly only?: readonly string[];
  readonly quick: boolean;
  readonly seeds: number;
  readonly afresh: boolean;
  readonly record: boolean;
  readonly json: boolean;
}

const afterHelp = `
Each mutant is first put into the world that killed it when it was last recorded, and then into the worlds of seed 1, 2, ...;
with --afresh that world comes last. One that a world was made for is hunted there, in ten seeds of it.
  npm run mutants -- --only lost-tail      one of them
  npm run mutants -- --afresh --record     from seed 1 on; keeps the seeds, and the table of docs/verification.md
Exit codes: 0 all were killed · 1 one survived · 2 wrong usage · 3 it proves nothing: the streamer as it is breaks an
invariant too, or a mutant does not fit the code any more.`;

async function run(flags: Flags, signal: AbortSignal): Promise<number> {
  const { only } = flags;
  const unknown = only?.find((name) => !MUTANTS.some((mutant) => mutant.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no mutant ${unknown}. There are: ${MUTANTS.map(({ name }) => name).join(', ')}.\n`);
    return exitCodes.usage;
  }
  if (flags.record && (only !== undefined || flags.quick)) {
    process.stderr.write('--record needs all mutants: leave out --only and --quick.\n');
    return exitCodes.usage;
  }
  const startedMs = performance.now();
  const known = readKnownSeeds();
  const isMeant = ({ name }: Mutant): boolean =>
    (only?.includes(name) ?? true) && (!flags.quick || (known.get(name) ?? Infinity) <= QUICK_SEED_MAX);
  const hunted = await huntAll(MUTANTS.filter(isMeant), flags, signal);
  const code = await judge(hunted, signal);
  const elapsedS = (performance.now() - startedMs) / 1000;
  process.stdout.write(flags.json ? `${JSON.stringify({ elapsedS, hunted })}\n` : renderMutants(hunted, elapsedS));
  if (flags.record && code === exitCodes.killed) record(hunted, elapsedS);
  return code;
}

async function judge(hunted: readonly HuntedMutant[], signal: AbortSignal): Promise<number> {
  const survivors = hunted.filter(({ result }) => result.killed === null);
  if (survivors.length > 0) {
    process.stderr.write(`Nobody noticed: ${survivors.map(({ mutant }) => mutant.name).join(', ')}.\n`);
    return exitCodes.survived;
  }
  // The streamer as it is, in the worlds that killed the mutants.
  for (const [world, inWorld] of Map.groupBy(hunted, ({ mutant }) => worldOf(mutant))) {
    const seeds = [...new Set(inWorld.flatMap(({ result }) => result.killed?.seed ?? []))];
    const { killed } = await hunt({ mutant: null, seeds, world, signal });
    if (killed === null) continue;
    process.stderr.write(
      `The streamer as it is breaks ${killed.invariant} too: npm run sim -- ${simOptions(world, killed.seed)}\n`,
    );
    return exitCodes.provesNothing;
  }
  return exitCodes.killed;
}

async function huntAll(
  mutants: readonly Mutant[],
  { seeds: count, afresh }: Flags,
  signal: AbortSignal,
): Promise<readonly HuntedMutant[]> {
  const progress = new Progress(process.stderr);
  const known = readKnownSeeds();
  const hunted = new Map<Mutant, HuntedMutant>();
  const waiting = [...mutants];
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const world = worldOf(mutant);
      const first = Array.from({ length: isMadeWorld(world) ? MADE_SEEDS : count }, (_, index) => index + 1);
      const recorded = known.get(mutant.name) ?? [];
      // Afresh it comes last: what no early world shows is killed all the same, and the table says by which.
      const seeds = (afresh ? [first, recorded] : [recorded, first]).flat();
      const result = await hunt({ mutant, seeds, world, signal }).catch((error: unknown) => {
        // Nothing more is proved: what went wrong must not be lost among what goes on.
        waiting.length = 0;
        throw error;
      });
      hunted.set(mutant, { mutant, result });
      progress.update(hunted.size, mutants.length, `${mutant.name}: ${result.killed?.invariant ?? 'survives'}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  progress.end();
  return mutants.flatMap((mutant) => hunted.get(mutant) ?? []);
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

async function main(): Promise<number> {
  const interrupt = new AbortController();
  onStopSignals({ inOrder: () => interrupt.abort(), atOnce: () => process.exit(exitCodes.provesNothing) });
  let code: number = exitCodes.provesNothing;
  try {
    await new Command('mutants')
      .description('Hunts streamers that are broken on purpose through virtual worlds.')
      .option('--only <names...>', 'which (all)')
      .option('--quick', 'only those that one of the first worlds killed', false)
      .option('--seeds <n>', 'worlds to try for each', parseCount, SEEDS_DEFAULT)
      .option('--afresh', 'first the worlds of seed 1, 2, ..., and only then the one that killed it', false)
      .option('--record', 'keep which worlds killed them, and write the table of docs/verification.md', false)
      .option('--json', 'the result as JSON on stdout', false)
      .addHelpText('after', afterHelp)
      .exitOverride()
      .action(async (flags: Flags) => {
        code = await run(flags, interrupt.signal);
      })
      .parseAsync();
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.killed : exitCodes.usage;
    process.stderr.write(interrupt.signal.aborted ? 'Interrupted.\n' : `${messageOf(error)}\n`);
    return exitCodes.provesNothing;
  }
}

// Not process.exit: what is written to a pipe must be out first.
process.exitCode = await main();
