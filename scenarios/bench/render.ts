/** The bench's table on stdout. */
import type { ThreadRole } from '#simulator';
import type { BenchResult, LimitedFigures } from './bench.ts';
import type { BenchProfile } from './profile.ts';
import type { Spread } from './ratio.ts';

const categoriesMax = 10;

const threads = [
  ['event loop', 'main'],
  ['pool (inflate, fsync)', 'pool'],
  ['V8 (garbage, compiling)', 'engine'],
] as const;

export function renderBench(result: BenchResult): string {
  const { streamer, barePipe, ratio } = result;
  const rows: readonly (readonly [string, string, string, string])[] = [
    ['', 'streamer', 'bare pipe', 'ratio'],
    ['MB/s', whole(streamer.rawMBps), whole(barePipe.rawMBps), times(ratio.rawMBps)],
    ['MB per CPU second', whole(streamer.rawMBPerCpuS), whole(barePipe.rawMBPerCpuS), times(ratio.rawMBPerCpuS)],
    ['CPU seconds per GB', hundredths(streamer.cpuSPerGB), hundredths(barePipe.cpuSPerGB), ''],
    ...threads.map(([name, role]) => [`  ${name}`, threadOf(streamer, role), threadOf(barePipe, role), ''] as const),
    ['peak memory, MB', whole(streamer.rssMaxMB), whole(barePipe.rssMaxMB), ''],
    ["sink's share of the machine", percent(streamer.sinkShareOfMachine), percent(barePipe.sinkShareOfMachine), ''],
    ["S3's share of the machine", percent(streamer.s3ShareOfMachine), percent(barePipe.s3ShareOfMachine), ''],
  ];
  const { machine } = result;
  return [
    `Streamer beside bare pipe: ${result.objects} objects, ${(result.rawBytes / 1e9).toFixed(2)} GB raw, ${result.pairs} pairs. Median (lowest to highest).`,
    `Node ${machine.node}, ${machine.cores} cores of ${machine.cpu}, S3 ${result.s3.kind} ${result.s3.version}, the sink alone takes ${result.sinkCeilingMBps.toFixed(0)} MB/s.`,
    '',
    ...rows.map(([name, ...cells]) => `  ${name.padEnd(28)}${cells.map((cell) => cell.padEnd(22)).join('')}`.trimEnd()),
    '',
    ...(result.limited === null ? [] : renderLimited(result.limited)),
    ...(result.profile === null ? [] : renderProfile(result.profile)),
    ...result.failures.map((failure) => `Failed: ${failure}`),
    ...result.invalid.map((reason) => `Proves nothing: ${reason}`),
    `Replay: ${result.replay}`,
    '',
  ].join('\n');
}

function renderLimited(limited: LimitedFigures): readonly string[] {
  const { memoryLimit, rssMaxMB, rssAllowedMB, rawMBps, ratioRawMBps } = limited;
  return [
    `With memory.limit ${memoryLimit}: ${whole(rawMBps)} MB/s, ${times(ratioRawMBps)} of the shipped limit's beside it;`,
    `peak memory ${whole(rssMaxMB)} MB, of ${rssAllowedMB.toFixed(0)} MB allowed.`,
    '',
  ];
}

export function renderProfile({
  totalMs,
  categories,
  functions,
  copiedBytesPerByte,
  folder,
}: BenchProfile): readonly string[] {
  const share = (selfMs: number): string => `${((selfMs / totalMs) * 100).toFixed(1)}%`.padStart(6);
  return [
    `Event loop of the streamer, ${totalMs.toFixed(0)} ms busy (the thread pool is not in it):`,
    ...categories.slice(0, categoriesMax).map(({ category, selfMs }) => `  ${share(selfMs)}  ${category}`),
    'Functions, by their own time:',
    ...functions.map(({ name, place, selfMs }) => `  ${share(selfMs)}  ${name}  ${place}`),
    `Copied by its JavaScript: ${copiedBytesPerByte.toFixed(3)} bytes for each raw byte delivered.`,
    `Flame graph: ${folder}/flame.html (streamer.cpuprofile beside it is for other tools)`,
    '',
  ];
}

function threadOf({ threadCpuSPerGB }: BenchResult['streamer'], role: ThreadRole): string {
  return threadCpuSPerGB === null ? '-' : threadCpuSPerGB[role].toFixed(2);
}

function whole(spread: Spread): string {
  return format(spread, (value) => value.toFixed(0));
}

function hundredths(spread: Spread): string {
  return format(spread, (value) => value.toFixed(2));
}

function times(spread: Spread): string {
  return format(spread, (value) => `${value.toFixed(2)}x`);
}

function percent(spread: Spread | null): string {
  if (spread === null) return '-';
  return format(spread, (value) => `${(value * 100).toFixed(0)}%`);
}

function format({ median, min, max }: Spread, text: (value: number) => string): string {
  return `${text(median)} (${text(min)} to ${text(max)})`;
}
