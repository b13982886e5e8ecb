/** The command line of `capacity fleet`. */
import { type Command, Option } from 'commander';
import type { FleetResult } from '#reports';
import { HarnessError } from '#simulator';
import { exitCodes, parseCount, parseDurationS } from '../../command-line.ts';
import { Progress } from '../../environment/progress.ts';
import type { Setting } from '../../scenario.ts';
import { parseAmount, parseSetting } from '../options.ts';
import { readPrices } from '../plan-request.ts';
import { simulate } from './fleet.ts';
import { type FaultName, faultNames, type FleetRequest, isSteady } from './request.ts';

export interface FleetFlags {
  readonly seed: number;
  readonly json: boolean;
  readonly out: string;
  readonly from?: string;
  readonly instances: number;
  readonly tbPerDay: number;
  readonly simulated: number;
  readonly fault: FaultName;
  readonly faultAt: number;
  readonly faultFor: number;
  readonly cores: number;
  readonly endpoints: number;
  readonly objectMb: number;
  readonly prefixes: number;
  readonly s3Latency?: number;
  readonly listLatency?: number;
  readonly agentLatency?: number;
  readonly agentMbps?: number;
  readonly redisLatency?: number;
  readonly set: readonly Setting[];
  readonly prices: string;
}

const help = `
Service times are those of measured runs in --from (the newest \`capacity scale\`), unless you give others. It refuses
to run without. The same runs are simulated first, and the error is printed. Ctrl-C ends it and keeps what there is.
  npm run capacity -- fleet --instances 100 --tb-per-day 1000 --fault redis-failover
Exit codes: 0 simulated · 1 it is off by more than 15 % beside measured runs · 2 wrong usage, or nothing measured ·
3 it was stopped before it was checked or steady.`;

export function withFleetOptions(command: Command, shippedPrices: string): Command {
  return command
    .description('many instances of the real pipeline on a virtual clock, with measured service times')
    .option('--from <folder>', 'with measured runs (default: that of --out)')
    .option('--instances <n>', 'of the fleet', parseCount, 10)
    .option('--tb-per-day <n>', 'raw', parseAmount, 100)
    .option('--simulated <time>', 'how long', parseDurationS, 600)
    .addOption(new Option('--fault <which>', 'what goes wrong').choices(faultNames).default('none'))
    .option('--fault-at <time>', 'after the start', parseDurationS, 240)
    .option('--fault-for <time>', 'how long', parseDurationS, 30)
    .option('--cores <n>', 'of each instance', parseCount, 2)
    .option('--endpoints <n>', 'agents of each instance', parseCount, 3)
    .option('--object-mb <n>', 'raw MB of an object', parseAmount, 10)
    .option('--prefixes <n>', 'of S3, for its request limit', parseCount, 1)
    .option('--s3-latency <ms>', 'of a GET to its last byte, in place of what was measured', parseAmount)
    .option('--list-latency <ms>', 'of 1,000 keys of a LIST, likewise', parseAmount)
    .option('--agent-latency <ms>', 'of a POST, likewise', parseAmount)
    .option('--agent-mbps <n>', 'raw MB/s that an agent takes, likewise', parseAmount)
    .option('--redis-latency <ms>', 'to Redis and back, likewise', parseAmount)
    .option('--set <key=value>', 'a configuration key; repeat for more', collectSetting, [])
    .option('--prices <file>', 'price list, for the request limit of S3', shippedPrices)
    .addHelpText('after', help);
}

export async function runFleetCommand(
  flags: FleetFlags,
  { experiment, replay }: { readonly experiment: string; readonly replay: string },
  signal: AbortSignal,
): Promise<FleetResult> {
  if (flags.fault !== 'none' && flags.faultAt + flags.faultFor >= flags.simulated)
    throw new HarnessError(
      'usage',
      'The fault would not be over when the simulation ends: see --fault-at, --fault-for and --simulated.',
    );
  const request: FleetRequest = {
    seed: flags.seed,
    instances: flags.instances,
    rawTBPerDay: flags.tbPerDay,
    durationS: flags.simulated,
    fault: flags.fault,
    faultAtS: flags.faultAt,
    faultForS: flags.faultFor,
    coresPerInstance: flags.cores,
    endpointsPerInstance: flags.endpoints,
    rawMBPerObject: flags.objectMb,
    prefixes: flags.prefixes,
    getPerSPerPrefix: readPrices(flags.prices).getPerSecondPerPrefix,
    s3LatencyMs: flags.s3Latency ?? null,
    listMsPer1000: flags.listLatency ?? null,
    agentLatencyMs: flags.agentLatency ?? null,
    agentRawMBps: flags.agentMbps ?? null,
    redisRoundTripMs: flags.redisLatency ?? null,
    settings: Object.fromEntries(flags.set.map(({ key, value }) => [key, value])),
  };
  const progress = new Progress(process.stderr);
  return simulate({ request, from: flags.from ?? flags.out, experiment, replay, progress, signal });
}

/** What was stopped before it was checked, or before it was steady, proves nothing. */
export function fleetExitCode(result: Pick<FleetResult, 'checks' | 'errorMax' | 'askedS' | 'simulatedS'>): number {
  const { checks, errorMax } = result;
  if (checks.length === 0 || !isSteady(result)) return exitCodes.provesNothing;
  return checks.every(({ error }) => Math.abs(error) <= errorMax) ? exitCodes.passed : exitCodes.failed;
}

function collectSetting(text: string, before: readonly Setting[]): readonly Setting[] {
  return [...before, parseSetting(text)];
}
