/** `npm run capacity`: what this machine can do, which lever helps, and what a load needs. Results on stdout, progress on stderr. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  describeFleet,
  describeMax,
  describePlan,
  describeScale,
  describeSweep,
  type MaxResult,
  renderDocumentHtml,
  renderDocumentMarkdown,
  renderDocumentText,
  type ReportDocument,
} from '#reports';
import { createRandom, HarnessError } from '#simulator';
import {
  exitCodes,
  parseCount,
  parseDurationS,
  parseSeed,
  replayCommand,
  runCommandLine,
  s3Help,
} from '../command-line.ts';
import { promptSettings } from '../define-scenario.ts';
import { Progress } from '../environment/progress.ts';
import type { Setting } from '../scenario.ts';
import { chooseBasis } from './basis.ts';
import { experimentName } from './experiment.ts';
import { parseAmount, parseLever, parseSetting, parseSizes } from './options.ts';
import { type FleetFlags, fleetExitCode, runFleetCommand, withFleetOptions } from './fleet/command.ts';
import { findMax } from './max.ts';
import { planCapacity } from './plan.ts';
import { parseFactor, parseRecovery, type PlanRequest, readPrices } from './plan-request.ts';
import { PointStore } from './points.ts';
import { designs, type Design, type Lever } from './sweep-design.ts';
import { sweep } from './sweep.ts';
import { measureScale, withTwoPosts } from './scale.ts';

interface CommonFlags {
  readonly seed: number;
  readonly json: boolean;
  readonly out: string;
}

interface MeasureFlags extends CommonFlags {
  readonly s3: string;
  readonly endpoints: number;
  readonly set: readonly Setting[];
  readonly objects: number;
  readonly resume: boolean;
}

interface MaxFlags extends MeasureFlags {
  readonly sloLag: number;
  readonly start?: number;
  readonly step: number;
  readonly tolerance: number;
  readonly repetitions: number;
}

interface SweepFlags extends MeasureFlags {
  readonly lever: readonly Lever[];
  readonly design: Design;
  readonly samples: number;
  readonly repetitions: number;
  readonly budget: number;
}

interface ScaleFlags extends MeasureFlags {
  readonly instances: readonly number[];
  readonly repetitions: number;
  readonly agentLatency: number;
}

interface PlanFlags extends CommonFlags {
  readonly tbPerDay: number;
  readonly peak: number;
  readonly sloLag: number;
  readonly recover?: PlanRequest['recovery'];
  readonly agentLatency: number;
  readonly agentMbps?: number;
  readonly s3Latency: number;
  readonly scanInterval: number;
  readonly lookbackInterval: number;
  readonly lookback: number;
  readonly partitions: number;
  readonly folderSpan: number;
  readonly prices: string;
}

const shippedPrices = join(import.meta.dirname, 'prices.yaml');

const planHelp = `
A plan stands on the newest measured points in --out and refuses to be made from none. Each figure says whether it was
measured, computed from measurements, or assumed.
  npm run capacity -- plan --tb-per-day 50 --peak 3x --slo-lag 60s --recover 6h-outage-in-2h --agent-mbps 40
Exit codes: 0 planned · 1 no number of instances would do · 2 wrong usage, or too few points.`;

function program(interrupt: AbortSignal, end: (code: number) => void): Command {
  const root = new Command('capacity')
    .description('Measures what a configuration sustains, which lever helps, and plans from what was measured.')
    .exitOverride();
  withMeasureOptions(root.command('max'))
    .description('the highest sustainable rate on this machine, and what limits it')
    .option('--slo-lag <time>', 'lag p99 above this is not sustained', parseDurationS, 60)
    .option('--start <MB/s>', 'where the search begins (what a backlog drains with)', parseAmount)
    .option('--step <time>', 'of each step: shorter is quicker and less sure', parseDurationS, 30)
    .option('--tolerance <share>', 'half width of the bracket over its middle', parseAmount, 0.05)
    .option('--repetitions <n>', 'of each end of the bracket', parseCount, 3)
    .action(async (flags: MaxFlags) => end(await maxCommand(flags, interrupt)));
  withMeasureOptions(root.command('sweep'))
    .description('which lever helps: the same backlog under one configuration after the other')
    .requiredOption('--lever <key=a,b,...>', 'its values, the present one first; repeat for more', collectLever, [])
    .addOption(new Option('--design <how>', 'which combinations').choices(designs).default('one-at-a-time'))
    .option('--samples <n>', 'of --design sample', parseCount, 12)
    .option('--repetitions <n>', 'of each configuration', parseCount, 2)
    .option('--budget <time>', 'begin no step that would end after it', parseDurationS, 600)
    .action(async (flags: SweepFlags) => end(await sweepCommand(flags, interrupt)));
  withMeasureOptions(root.command('scale'))
    .description('throughput over instances on a shared Redis; the largest number is predicted, then measured')
    .option('--instances <n,n,...>', 'ascending, four or more', parseSizes, [1, 2, 4, 8])
    .option('--repetitions <n>', 'of each number of instances', parseCount, 2)
    .option('--agent-latency <ms>', 'mean, of the mock agents: what makes an instance wait', parseAmount, 200)
    .action(async (flags: ScaleFlags) => end(await scaleCommand(flags, interrupt)));
  withFleetOptions(withCommonOptions(root.command('fleet')), shippedPrices).action(async (flags: FleetFlags) =>
    end(await fleetCommand(flags, interrupt)),
  );
  withCommonOptions(root.command('plan'))
    .description('instances, workers, endpoints, memory and cost for a load, from measured points')
    .requiredOption('--tb-per-day <n>', 'raw, on average', parseAmount)
    .option('--peak <factor>', 'busiest hour over the average: 3x', parsePeak, 1)
    .option('--slo-lag <time>', 'lag that the plan must hold', parseDurationS, 60)
    .option('--recover <how>', 'such as 6h-outage-in-2h', parseRecoveryOption)
    .option('--agent-latency <ms>', 'of one POST at your agents', parseAmount, 20)
    .option('--agent-mbps <n>', 'raw MB/s that one endpoint takes', parseAmount)
    .option('--s3-latency <ms>', 'of one GET, to its last byte', parseAmount, 80)
    .option('--scan-interval <time>', 'of the plan, for lag and cost', parseDurationS, 15)
    .option('--lookback-interval <time>', 'time between two look-back sweeps', parseDurationS, 300)
    .option('--lookback <time>', 'window of the sweeps', parseDurationS, 86_400)
    .option('--partitions <n>', 'partitions written to at the same time', parseCount, 1)
    .option('--folder-span <time>', 'what one folder of them holds: 24h or 1h', parseDurationS, 86_400)
    .option('--prices <file>', 'your price list, in the form of scenarios/capacity/prices.yaml', shippedPrices)
    .addHelpText('after', planHelp)
    .action((flags: PlanFlags) => end(planCommand(flags)));
  for (const command of root.commands) command.exitOverride();
  return root;
}

function withCommonOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'everything random comes from it', parseSeed, 1)
    .option('--json', 'the result as JSON on stdout', false)
    .option('--out <folder>', 'where points and reports are kept', 'reports/out/capacity');
}

function withMeasureOptions(command: Command): Command {
  return withCommonOptions(command)
    .option('--s3 <which>', 'embedded, minio or a URL', 'embedded')
    .option('--endpoints <n>', 'HTTP inputs of the mock EdgeDelta', parseCount, 3)
    .option('--set <key=value>', 'a configuration key, for all steps; repeat for more', collectSetting, [])
    .option('--objects <n>', 'of about 10 MB raw in a backlog', parseCount, 200)
    .option('--resume', 'go on with the newest unfinished run of the same command', false)
    .addHelpText('after', s3Help);
}

async function maxCommand(flags: MaxFlags, signal: AbortSignal): Promise<number> {
  const { store, run } = prepare('max', flags, signal);
  const result: MaxResult = await findMax(store, {
    ...run,
    objects: flags.objects,
    stepS: flags.step,
    sloLagMs: flags.sloLag * 1000,
    startRawMBps: flags.start ?? null,
    tolerance: flags.tolerance,
    repetitions: flags.repetitions,
  });
  publish(flags, run.experiment, describeMax(result), result);
  return result.failure === null ? exitCodes.passed : exitCodes.failed;
}

async function sweepCommand(flags: SweepFlags, signal: AbortSignal): Promise<number> {
  const { store, run } = prepare('sweep', flags, signal);
  const result = await sweep(store, {
    ...run,
    objects: flags.objects,
    levers: flags.lever,
    design: flags.design,
    sampleSize: flags.samples,
    repetitions: flags.repetitions,
    budgetS: flags.budget,
  });
  publish(flags, run.experiment, describeSweep(result), result);
  return result.recommended === null ? exitCodes.provesNothing : exitCodes.passed;
}

async function scaleCommand(flags: ScaleFlags, signal: AbortSignal): Promise<number> {
  const { store, run } = prepare('scale', flags, signal);
  const result = await measureScale(store, {
    ...run,
    settings: withTwoPosts(run.settings),
    sizes: flags.instances,
    repetitions: flags.repetitions,
    agentLatencyMs: flags.agentLatency,
    objectsPerInstance: flags.objects,
  });
  publish(flags, run.experiment, describeScale(result), result);
  const isGood = result.predictions.every(({ error }) => Math.abs(error) <= result.errorMax);
  return isGood ? exitCodes.passed : exitCodes.failed;
}

async function fleetCommand(flags: FleetFlags, signal: AbortSignal): Promise<number> {
  const experiment = experimentName('fleet', new Date());
  const result = await runFleetCommand(flags, { experiment, replay: replayOf(flags) }, signal);
  publish(flags, experiment, describeFleet(result), result);
  return fleetExitCode(result);
}

function planCommand(flags: PlanFlags): number {
  const basis = chooseBasis(new PointStore(flags.out).read());
  if (typeof basis === 'string')
    throw new HarnessError('usage', `There is nothing to plan from in ${flags.out}: ${basis}.`);
  const random = createRandom(flags.seed).fork('plan');
  const plan = planCapacity(requestOf(flags), basis, () => random.next());
  publish(flags, experimentName('plan', new Date()), describePlan(plan, replayOf(flags)), plan);
  return plan.instances === null ? exitCodes.failed : exitCodes.passed;
}

function requestOf(flags: PlanFlags): PlanRequest {
  return {
    rawTBPerDay: flags.tbPerDay,
    peakFactor: flags.peak,
    sloLagS: flags.sloLag,
    recovery: flags.recover ?? null,
    agentLatencyMs: flags.agentLatency,
    agentRawMBps: flags.agentMbps ?? null,
    s3LatencyMs: flags.s3Latency,
    scanIntervalS: flags.scanInterval,
    lookbackIntervalS: flags.lookbackInterval,
    lookbackH: flags.lookback / 3600,
    activePartitions: flags.partitions,
    folderSpanH: flags.folderSpan / 3600,
    prices: readPrices(flags.prices),
  };
}

function prepare(kind: string, flags: MeasureFlags, signal: AbortSignal) {
  const store = new PointStore(flags.out);
  const replay = replayOf(flags);
  const resumed = flags.resume ? store.read().findLast((point) => point.replay === replay) : undefined;
  return {
    store,
    run: {
      experiment: resumed?.experiment ?? experimentName(kind, new Date()),
      seed: flags.seed,
      s3: flags.s3,
      endpoints: flags.endpoints,
      settings: settingsOf(flags),
      redis: null,
      out: join(flags.out, 'runs'),
      replay,
      progress: new Progress(process.stderr),
      signal,
    },
  };
}

/** Without --resume: the same work has the same text, whether it is begun or gone on with. */
function replayOf({ seed }: CommonFlags): string {
  const words = process.argv.slice(2).filter((word) => word !== '--resume' && word !== '--json');
  return replayCommand('capacity', words, seed);
}

function publish(flags: CommonFlags, name: string, document: ReportDocument, result: object): void {
  const folder = join(flags.out, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(join(folder, 'report.html'), renderDocumentHtml(document));
  writeFileSync(join(folder, 'report.md'), renderDocumentMarkdown(document));
  process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : renderDocumentText(document));
  process.stderr.write(`Reports: ${folder}/report.html, report.md, result.json\n`);
}

function settingsOf({ set }: MeasureFlags): readonly Setting[] {
  const own = new Set(set.map(({ key }) => key));
  return [...promptSettings.filter(({ key }) => !own.has(key)), ...set];
}

function collectLever(text: string, before: readonly Lever[]): readonly Lever[] {
  return [...before, parseLever(text)];
}

function collectSetting(text: string, before: readonly Setting[]): readonly Setting[] {
  return [...before, parseSetting(text)];
}

function parsePeak(text: string): number {
  const factor = parseFactor(text);
  if (factor === null) throw new InvalidArgumentError('It must be a factor from 1 such as 3x.');
  return factor;
}

function parseRecoveryOption(text: string): PlanRequest['recovery'] {
  const recovery = parseRecovery(text);
  if (recovery === null) throw new InvalidArgumentError('It must be such as 6h-outage-in-2h.');
  return recovery;
}

// Not process.exit: what is written to a pipe must be out first.
process.exitCode = await runCommandLine(program);
