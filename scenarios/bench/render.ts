/** The bench's table on stdout. */
import type { BenchResult } from './bench.ts';
import type { Spread } from './ratio.ts';

export function renderBench(result: BenchResult): string {
  const { streamer, barePipe, ratio } = result;
  const rows: readonly (readonly [string, string, string, string])[] = [
    ['', 'streamer', 'bare pipe', 'ratio'],
    ['MB/s', whole(streamer.rawMBps), whole(barePipe.rawMBps), times(ratio.rawMBps)],
    ['MB per CPU second', whole(streamer.rawMBPerCpuS), whole(barePipe.rawMBPerCpuS), times(ratio.rawMBPerCpuS)],
    ['CPU seconds per GB', hundredths(streamer.cpuSPerGB), hundredths(barePipe.cpuSPerGB), ''],
    ['peak memory, MB', whole(streamer.rssMaxMB), whole(barePipe.rssMaxMB), ''],
    ["sink's share of the machine", percent(streamer.sinkShareOfMachine), percent(barePipe.sinkShareOfMachine), ''],
  ];
  const { machine } = result;
  return [
    `Streamer beside bare pipe: ${result.objects} objects, ${(result.rawBytes / 1e9).toFixed(2)} GB raw, ${result.pairs} pairs. Median (lowest to highest).`,
    `Node ${machine.node}, ${machine.cores} cores of ${machine.cpu}, S3 ${result.s3.kind} ${result.s3.version}, the sink alone takes ${result.sinkCeilingMBps.toFixed(0)} MB/s.`,
    '',
    ...rows.map(([name, ...cells]) => `  ${name.padEnd(28)}${cells.map((cell) => cell.padEnd(22)).join('')}`.trimEnd()),
    '',
    ...result.failures.map((failure) => `Failed: ${failure}`),
    ...result.invalid.map((reason) => `Proves nothing: ${reason}`),
    `Replay: ${result.replay}`,
    '',
  ].join('\n');
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

function percent(spread: Spread): string {
  return format(spread, (value) => `${(value * 100).toFixed(0)}%`);
}

function format({ median, min, max }: Spread, text: (value: number) => string): string {
  return `${text(median)} (${text(min)} to ${text(max)})`;
}
