/** The generator's command line. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { type DamageKind, DamageKindSchema } from '../load/damage.ts';
import { DOCUMENTED_RATE, type Rate, type Schedule } from '../schedule.ts';

export interface GeneratorArguments {
  readonly endpoint: string;
  readonly bucket: string;
  /** Whether to make the bucket first. */
  readonly createsBucket: boolean;
  readonly prefix: string;
  readonly region: string;
  readonly load: LoadChoice;
  /** First object of the load, and how many; null: all the rest. */
  readonly from: number;
  readonly count: number | null;
  /** Null: as fast as the connections allow. */
  readonly schedule: Schedule | null;
  /** Epoch ms; null: as soon as the load is ready. */
  readonly startAtMs: number | null;
  /** Epoch ms between which the time stamps in the names are spread evenly; null: they are those of the schedule. */
  readonly stampsMs: StampSpan | null;
  /** By how much the times in names are ahead of this machine's clock. */
  readonly aheadMs: number;
  /** By object: what is done to it before it is uploaded. */
  readonly damage: ReadonlyMap<number, DamageKind>;
  readonly seed: number;
  readonly concurrencyMax: number;
  readonly recordPath: string | null;
  /** Queue that is told of each object; null for none. */
  readonly notifyUrl: string | null;
  readonly printsJson: boolean;
}

interface StampSpan {
  readonly from: number;
  readonly to: number;
}

type LoadChoice =
  | { readonly kind: 'folder'; readonly dir: string }
  /** To be built, or taken from the cache. */
  | { readonly kind: 'documented'; readonly objects: number };

interface Parsed {
  readonly s3: string;
  readonly bucket: string;
  readonly createBucket?: true;
  readonly prefix: string;
  readonly region: string;
  readonly load?: string;
  readonly objects?: number;
  readonly from: number;
  readonly count?: number;
  readonly schedule: ScheduleName;
  readonly rate?: Rate;
  readonly burstEvery?: number;
  readonly startAt?: number;
  readonly stamps?: StampSpan;
  readonly ahead: number;
  readonly damage?: ReadonlyMap<number, DamageKind>;
  readonly seed: number;
  readonly concurrency?: number;
  readonly record?: string;
  readonly notify?: string;
  readonly json?: true;
}

const SCHEDULES = ['constant', 'poisson', 'bursts', 'max'] as const;
type ScheduleName = (typeof SCHEDULES)[number];

const OBJECTS_DEFAULT = 60;
const BURST_EVERY_MS_DEFAULT = 15_000;

/** High enough that a slow store delays no later PUT of a schedule; few enough, at full speed, that they do not compete for one core. */
const CONCURRENCY_SCHEDULED = 64;
const CONCURRENCY_FULL_SPEED = 8;

const AFTER_HELP = `
RATE is 1x (228 MB raw per minute, as documented), 500MB/min, 20MB/s, or 5/s (objects).
Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
Example: npm run simulate -- --s3 http://127.0.0.1:9000 --bucket logs --rate 10x`;

/** Throws a CommanderError for bad usage, and for --help once that is printed. */
export function parseGeneratorArguments(argv: readonly string[]): GeneratorArguments {
  const command = new Command('simulate')
    .description('Uploads Zscaler-like objects to S3 on a schedule, late or not.')
    .requiredOption('--s3 <url>', 'address of the S3 API', parseUrl)
    .requiredOption('--bucket <name>', 'bucket to upload to')
    .option('--create-bucket', 'make the bucket when there is none')
    .option('--prefix <text>', 'what keys begin with, such as feed/', parsePrefix, '')
    .option('--region <name>', 'region of the bucket', 'us-east-1')
    .option('--load <dir>', 'upload this prepared load')
    .option('--objects <n>', `without --load: build one of n objects (${OBJECTS_DEFAULT})`, parseCount)
    .option('--from <index>', 'first object of the load', parseIndex, 0)
    .option('--count <n>', 'how many objects (default: all from there)', parseCount)
    .option('--schedule <kind>', SCHEDULES.join(', '), parseSchedule, 'constant')
    .option('--rate <rate>', 'how fast on average (default: 1x)', parseRate)
    .option('--burst-every <time>', 'for bursts: 500ms, 15s (default: 15s)', parseDuration)
    .option('--start-at <ms>', 'epoch ms of the first upload (default: at once)', parseIndex)
    // Asked for by scenarios only.
    .addOption(new Option('--stamps <from,to>', 'spread of time stamps, epoch ms').argParser(parseStamps).hideHelp())
    .addOption(
      new Option('--ahead <ms>', 'names are of a time so much later').argParser(parseWhole).default(0).hideHelp(),
    )
    .addOption(new Option('--damage <index:kind,...>', 'what to damage, and how').argParser(parseDamage).hideHelp())
    .option('--seed <n>', 'seed of the load and the schedule', parseIndex, 1)
    .option(
      '--concurrency <n>',
      `PUTs at a time (${CONCURRENCY_SCHEDULED}; max: ${CONCURRENCY_FULL_SPEED})`,
      parseCount,
    )
    .option('--record <file>', 'append a line of JSON for each upload')
    .option('--notify <queue-url>', 'send the S3 event of each upload to this SQS queue', parseQueueUrl)
    .option('--json', 'print the summary as JSON')
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments(false)
    .exitOverride()
    .addHelpText('after', AFTER_HELP);
  const parsed = command.parse(argv).opts<Parsed>();
  const schedule = scheduleOf(parsed, command);
  return {
    endpoint: parsed.s3,
    bucket: parsed.bucket,
    createsBucket: parsed.createBucket ?? false,
    prefix: parsed.prefix,
    region: parsed.region,
    load: loadOf(parsed, command),
    from: parsed.from,
    count: parsed.count ?? null,
    schedule,
    startAtMs: parsed.startAt ?? null,
    stampsMs: parsed.stamps ?? null,
    aheadMs: parsed.ahead,
    damage: parsed.damage ?? new Map<number, DamageKind>(),
    seed: parsed.seed,
    concurrencyMax: parsed.concurrency ?? (schedule === null ? CONCURRENCY_FULL_SPEED : CONCURRENCY_SCHEDULED),
    recordPath: parsed.record ?? null,
    notifyUrl: parsed.notify ?? null,
    printsJson: parsed.json ?? false,
  };
}

function loadOf({ load, objects }: Parsed, command: Command): LoadChoice {
  if (load === undefined) return { kind: 'documented', objects: objects ?? OBJECTS_DEFAULT };
  if (objects !== undefined) command.error('error: --load and --objects contradict each other: leave one of them out.');
  return { kind: 'folder', dir: load };
}

function scheduleOf({ schedule, rate, burstEvery }: Parsed, command: Command): Schedule | null {
  if (burstEvery !== undefined && schedule !== 'bursts') {
    command.error('error: --burst-every belongs to --schedule bursts.');
  }
  if (schedule === 'max') {
    if (rate !== undefined) command.error('error: --schedule max has no rate: leave --rate out.');
    return null;
  }
  const wanted = rate ?? DOCUMENTED_RATE;
  if (schedule !== 'bursts') return { kind: schedule, rate: wanted };
  return { kind: 'bursts', rate: wanted, everyMs: burstEvery ?? BURST_EVERY_MS_DEFAULT };
}

function parseQueueUrl(text: string): string {
  if (isHttpUrl(text)) return text;
  throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:4566/000000000000/events.');
}

function parseUrl(text: string): string {
  if (isHttpUrl(text)) return text;
  throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:9000.');
}

function isHttpUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && ['http:', 'https:'].includes(url.protocol);
}

/** S3 keys begin with no slash: the original's configuration writes one in front of its prefix, and drops it. */
function parsePrefix(text: string): string {
  return text.replace(/^\//, '');
}

function parseIndex(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It must be a whole number from 0.');
  }
  return value;
}

function parseWhole(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function parseStamps(text: string): StampSpan {
  const [, from, to] = /^(\d+),(\d+)$/.exec(text) ?? [];
  const span = { from: Number(from), to: Number(to) };
  if (!(span.from <= span.to))
    throw new InvalidArgumentError('It must be two epoch ms, the earlier one first: FROM,TO.');
  return span;
}

function parseDamage(text: string): ReadonlyMap<number, DamageKind> {
  const entries = text.split(',').map((entry) => {
    const [index = '', kind] = entry.split(':');
    const parsed = DamageKindSchema.safeParse(kind);
    if (parsed.success) return [parseIndex(index), parsed.data] as const;
    throw new InvalidArgumentError(
      `It must be such as 3:bomb,7:long-line; kinds: ${DamageKindSchema.options.join(', ')}.`,
    );
  });
  return new Map(entries);
}

function parseCount(text: string): number {
  const count = parseIndex(text);
  if (count === 0) throw new InvalidArgumentError('It must be at least 1.');
  return count;
}

function parseSchedule(text: string): ScheduleName {
  const schedule = SCHEDULES.find((name) => name === text);
  if (schedule === undefined) throw new InvalidArgumentError(`It must be one of ${SCHEDULES.join(', ')}.`);
  return schedule;
}

export function parseRate(text: string): Rate {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(x|MB\/min|MB\/s|\/s)$/.exec(text) ?? [];
  const value = Number(number);
  if (unit === '' || value === 0) {
    throw new InvalidArgumentError('It must be such as 1x, 500MB/min, 20MB/s or 5/s, and above 0.');
  }
  if (unit === '/s') return { objectsPerS: value };
  const rawMBPerMin = { x: DOCUMENTED_RATE.rawMBPerMin, 'MB/min': 1, 'MB/s': 60 }[unit] ?? 1;
  return { rawMBPerMin: value * rawMBPerMin };
}

function parseDuration(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const durationMs = Number(number) * ({ ms: 1, s: 1_000, m: 60_000 }[unit] ?? 0);
  if (durationMs === 0) throw new InvalidArgumentError('It must be such as 500ms, 15s or 1m, and above 0.');
  return durationMs;
}
