/** The harness's command line: `npm run snapshot`, `npm run scenario`, `npm run bench`. Results on stdout, progress on stderr. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { renderTable, type Verdict } from '#reports';
import { HarnessError } from '#simulator';
import { parseBytes } from '#streamer';
import { bench, type BenchResult } from './bench/bench.ts';
import { benchHealth } from './bench/health.ts';
import { benchGrowth } from './bench/growth/growth.ts';
import { benchIdle } from './bench/idle.ts';
import { benchLag, type LagOptions } from './bench/lag/lag.ts';
import type { Finding, LagRate } from './bench/lag/rows.ts';
import { isMet, type JudgedBench, renderJudged } from './bench/judged-figures.ts';
import { renderBench } from './bench/render.ts';
import { benchPassThrough } from './bench/pass-through.ts';
import { benchRequests } from './bench/requests.ts';
import { benchTiny } from './bench/tiny.ts';
import { allScenarios, findScenario } from './catalog.ts';
import {
  exitCodes,
  parseCount,
  parseDurationS,
  parseSeed,
  replayCommand,
  runCommandLine,
  s3Help,
} from './command-line.ts';
import { Progress } from './environment/progress.ts';
import { findMutant, withMutantBundle } from './mutants/streamer-bundle.ts';
import { addReportCommands } from './report/commands.ts';
import { type GivenOptions, refuseIgnored } from './refuse-ignored.ts';
import { runScenario } from './run/run.ts';
import { runAll } from './run-all.ts';
import type { RunOptions } from './run/context.ts';
import type { Scenario } from './scenario.ts';
import { describeTuning, tuningCommand, tuningName } from './tuning/command.ts';
import { snapshot, type SnapshotRate, snapshotRates } from './snapshot.ts';
import { renderVerdicts, worstOf } from './summary.ts';

const exitCodeOfVerdict: Readonly<Record<Verdict, number>> = {
  pass: exitCodes.passed,
  fail: exitCodes.failed,
  invalid: exitCodes.provesNothing,
};

interface CommonOptions {
  readonly seed: number;
  readonly s3: string;
  readonly json: boolean;
}

interface ReportOptions extends CommonOptions {
  readonly out: string;
}

interface RunFlags extends ReportOptions {
  readonly redis?: string;
  /** Another streamer than that of this checkout. */
  readonly bundle?: string;
}

interface SnapshotFlags extends RunFlags {
  readonly duration?: number;
  readonly rate: SnapshotRate;
  readonly agents: number;
  readonly asDocumented: boolean;
}

interface ScenarioFlags extends RunFlags, GivenOptions {}

const benchKinds = ['throughput', 'lag', 'tiny', 'idle', 'requests', 'growth', 'health', 'pass-through'] as const;
type BenchKind = (typeof benchKinds)[number];

const lagRates: readonly LagRate[] = ['1x', '10x', 'burst'];
const lagFindings: readonly Finding[] = ['poll', 'sqs'];

interface BenchFlags extends ReportOptions {
  readonly objects?: number;
  readonly pairs: number;
  readonly memoryLimit?: string;
  readonly profile: boolean;
  readonly rate?: LagRate;
  readonly by?: Finding;
}

const benchObjects = 200;
const tinyObjects = 5000;
/** A day of the documented load. */
const settledObjects = 33_000;
const snapshotDurationS = 60;
/** Twenty scans, so that the delay window is a small part of the run. */
const documentedDurationS = 300;

const redisHelp = `\
--redis (state that streamers share): local (redis-server on PATH) · container (Docker, else as local) ·
         redis://host:6379/0 (the run's keys are deleted).`;

function program(interrupt: AbortSignal, end: (code: number) => void): Command {
  const root = new Command('scenarios')
    .description('Runs the streamer on real parts and judges the run.')
    .addHelpText('after', s3Help)
    .exitOverride();
  withRunOptions(root.command('snapshot'))
    .description('reproduce the documented performance snapshot')
    .addOption(new Option('--rate <rate>', 'load: 1x is 228 MB/min raw').choices(snapshotRates).default('1x'))
    .option('--duration <time>', 'how long the load lasts: 60s, 5m', parseDurationS)
    .option('--agents <n>', 'HTTP inputs of the mock EdgeDelta', parseCount, 3)
    .option('--as-documented', 'scan every 15 s, delay window 60 s, 57 MB per scan; 5 minutes', false)
    .action(async (flags: SnapshotFlags) => end(await runAndPrint(snapshotOf(flags), flags, interrupt)));
  withRunOptions(root.command('scenario'))
    .description('run one scenario, several or `all` of them one after the other, or `list` them')
    .argument('<names...>', 'names from the list, or list, or all')
    .option('--row <name>', 'of `tuning`: this row only; repeat for more', collectText, [])
    .option('--placebo', 'of `tuning`: pull no lever; nothing may be confirmed then', false)
    .option(
      '--duration <time>',
      'how long its load or its fault lasts, where that can be chosen: 60s, 5m',
      parseDurationS,
    )
    .option('--mutant <name>', 'with a streamer that is broken on purpose: the run must fail (npm run mutants)')
    .option('--full', 'the documented size, where the usual one is smaller', false)
    .action(async (names: readonly string[], flags: ScenarioFlags) =>
      end(await scenarioCommand(names, flags, interrupt)),
    );
  withReportOptions(root.command('bench'))
    .description('what it costs, measured beside the least that it could cost')
    .addArgument(
      new Argument(
        '[what]',
        'throughput beside a bare pipe; lag; tiny objects beside a GET loop; start, idle and 1x; requests to S3; growth; health at full load; pass-through beside a bare pipe',
      )
        .choices(benchKinds)
        .default('throughput'),
    )
    .option(
      '--objects <n>',
      'objects (default: 200 of about 10 MB raw, 5000 tiny ones; settled before: 33000)',
      parseCount,
    )
    .option('--pairs <n>', 'rounds of each program', parseCount, 3)
    .option('--memory-limit <size>', 'the streamer once more with this memory.limit: 128MiB', parseMemoryLimit)
    .addOption(new Option('--rate <rate>', 'lag: only this one').choices(lagRates))
    .addOption(new Option('--by <finding>', 'lag: only this one').choices(lagFindings))
    .option('--profile', 'who uses its CPU time: table and flame graph, in --out', false)
    .action(async (what: BenchKind, flags: BenchFlags) => end(await benchCommand(what, flags, interrupt)));
  for (const command of root.commands) {
    command.addHelpText('after', s3Help);
    if (command.options.some(({ long }) => long === '--redis')) command.addHelpText('after', redisHelp);
  }
  addReportCommands(root, end);
  for (const command of root.commands) command.exitOverride();
  return root;
}

function withCommonOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'everything random comes from it', parseSeed, 1)
    .option('--s3 <which>', 'embedded, minio or a URL', 'embedded')
    .option('--json', 'the result as JSON on stdout', false);
}

function withReportOptions(command: Command): Command {
  return withCommonOptions(command).option('--out <folder>', 'where reports go', 'reports/out');
}

function withRunOptions(command: Command): Command {
  return withReportOptions(command).option('--redis <which>', 'none, local, container or a URL (default: as needed)');
}

function snapshotOf(flags: SnapshotFlags): Scenario {
  const { rate, agents, asDocumented } = flags;
  if (asDocumented && rate !== '1x') {
    throw new HarnessError('usage', '--as-documented is the documented rate: leave --rate out.');
  }
  const durationS = flags.duration ?? (asDocumented ? documentedDurationS : snapshotDurationS);
  if (asDocumented && durationS < documentedDurationS) {
    throw new HarnessError('usage', `--as-documented needs --duration ${documentedDurationS}s or more.`);
  }
  return snapshot({ rate, durationS, agents, asDocumented });
}

async function scenarioCommand(names: readonly string[], flags: ScenarioFlags, signal: AbortSignal): Promise<number> {
  const request = { seed: flags.seed, durationS: flags.duration ?? null, isFull: flags.full };
  refuseIgnored(names, flags, request);
  const all = allScenarios(request);
  if (names.includes('list')) return printList([...all, describeTuning()], flags);
  if (names.includes(tuningName)) return tuningCommand(names, flags, runOptionsOf(flags, signal));
  const scenarios = names.includes('all') ? all : names.map((name) => findScenario(name, request));
  if (flags.mutant === undefined) return runNamed({ scenarios, names }, flags, signal);
  const mutant = findMutant(flags.mutant);
  const broken = scenarios.map((scenario) => ({
    ...scenario,
    why: `${scenario.why} Here with a streamer that is broken on purpose: ${mutant.why}`,
  }));
  return withMutantBundle(mutant, (bundle) => runNamed({ scenarios: broken, names }, { ...flags, bundle }, signal));
}

interface Named {
  readonly scenarios: readonly Scenario[];
  /** As they were asked for. */
  readonly names: readonly string[];
}

async function runNamed({ scenarios, names }: Named, flags: RunFlags, signal: AbortSignal): Promise<number> {
  const [first] = scenarios;
  return first !== undefined && scenarios.length === 1
    ? runAndPrint(first, flags, signal)
    : runAllAndPrint({ scenarios, names }, flags, signal);
}

async function runAllAndPrint({ scenarios, names }: Named, flags: RunFlags, signal: AbortSignal): Promise<number> {
  const { verdicts, folder } = await runAll(scenarios, {
    ...runOptionsOf(flags, signal),
    replayOf: (scenario) => replayOf(flags.seed, { names, scenario }),
  });
  process.stdout.write(flags.json ? `${JSON.stringify(verdicts)}\n` : renderVerdicts(verdicts));
  process.stderr.write(`Summary: ${folder}/summary.md, summary.json\n`);
  return exitCodeOfVerdict[worstOf(verdicts)];
}

async function runAndPrint(scenario: Scenario, flags: RunFlags, signal: AbortSignal): Promise<number> {
  const { result, folder } = await runScenario(scenario, runOptionsOf(flags, signal));
  process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : renderTable(result));
  process.stderr.write(`Reports: ${folder}/report.html, report.md, result.json, junit.xml\n`);
  return exitCodeOfVerdict[result.verdict];
}

function runOptionsOf(flags: RunFlags, signal: AbortSignal): RunOptions {
  const replay = replayOf(flags.seed);
  return { ...flags, redis: flags.redis ?? null, replay, progress: new Progress(process.stderr), signal };
}

async function benchCommand(what: BenchKind, flags: BenchFlags, signal: AbortSignal): Promise<number> {
  const progress = new Progress(process.stderr);
  const options = { ...flags, redis: 'none', replay: replayOf(flags.seed), progress, signal };
  switch (what) {
    case 'throughput':
      return printBench(await bench({ ...options, objects: flags.objects ?? benchObjects }), flags);
    case 'lag':
      return printJudged(await benchLag({ ...options, ...lagChoice(flags) }), flags);
    case 'tiny':
      return printJudged(await benchTiny({ ...options, objects: flags.objects ?? tinyObjects }), flags);
    case 'pass-through':
      return printJudged(await benchPassThrough({ ...options, objects: flags.objects ?? benchObjects }), flags);
    case 'health':
      return printJudged(await benchHealth({ ...options, objects: flags.objects ?? benchObjects }), flags);
    case 'idle':
      return printJudged(await benchIdle(options), flags);
    case 'requests':
      return printJudged(await benchRequests({ ...options, objects: flags.objects ?? settledObjects }), flags);
    case 'growth':
      return printJudged(await benchGrowth(options), flags);
  }
}

function lagChoice({ rate, by }: BenchFlags): Pick<LagOptions, 'rates' | 'findings'> {
  return { rates: rate === undefined ? lagRates : [rate], findings: by === undefined ? lagFindings : [by] };
}

function printJudged(result: JudgedBench, { json }: BenchFlags): number {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : renderJudged(result));
  if (result.invalid.length > 0) return exitCodes.provesNothing;
  return result.figures.every(isMet) ? exitCodes.passed : exitCodes.failed;
}

function printBench(result: BenchResult, flags: BenchFlags): number {
  process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : renderBench(result));
  if (result.failures.length > 0) return exitCodes.failed;
  return result.invalid.length > 0 ? exitCodes.provesNothing : exitCodes.passed;
}

function printList(
  scenarios: readonly Pick<Scenario, 'name' | 'why' | 'proves' | 'takesS'>[],
  { json }: ScenarioFlags,
): number {
  const list = scenarios.map(({ name, why, proves, takesS }) => ({ name, why, proves, takesS }));
  const line = ({ name, why, takesS }: (typeof list)[number]): string =>
    `${name.padEnd(18)} ${String(takesS).padStart(4)} s  ${why}\n`;
  process.stdout.write(json ? `${JSON.stringify(list)}\n` : list.map(line).join(''));
  return exitCodes.passed;
}

/** As npm was asked: the first word is the script. `one`: of several scenarios that were named only this. */
function replayOf(seed: number, one?: { readonly names: readonly string[]; readonly scenario: string }): string {
  const [script = '', ...words] = process.argv.slice(2);
  if (one === undefined) return replayCommand(script, words, seed);
  return replayCommand(script, [one.scenario, ...words.filter((word) => !one.names.includes(word))], seed);
}

function collectText(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function parseMemoryLimit(text: string): string {
  if (parseBytes(text) === null) throw new InvalidArgumentError('It must be such as 128MiB.');
  return text;
}

// Not process.exit: what is written to a pipe must be out first.
process.exitCode = await runCommandLine(program);
