/** The figures that runs are compared by: in a comparison, in a benchmark's history, in a trend. One list, so that all three mean the same. */
import type { MeasuredPath } from './checks.ts';

export interface Figure {
  readonly name: string;
  readonly path: MeasuredPath;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

export const FIGURES: readonly Figure[] = [
  { name: 'lost lines', path: 'delivery.lostLines', unit: 'lines', better: 'lower' },
  { name: 'duplicate lines', path: 'delivery.duplicateLines', unit: 'lines', better: 'lower' },
  { name: 'lag, average', path: 'latencyMs.lag.avg', unit: 'ms', better: 'lower' },
  { name: 'lag, p50', path: 'latencyMs.lag.p50', unit: 'ms', better: 'lower' },
  { name: 'lag, p99', path: 'latencyMs.lag.p99', unit: 'ms', better: 'lower' },
  { name: 'lag, worst file', path: 'latencyMs.lag.max', unit: 'ms', better: 'lower' },
  { name: 'processing latency, average', path: 'latencyMs.processing.avg', unit: 'ms', better: 'lower' },
  { name: 'throughput', path: 'throughput.rawMBPerMin', unit: 'MB/min', better: 'higher' },
  { name: 'raw MB per CPU second', path: 'throughput.rawMBPerCpuS', unit: 'MB', better: 'higher' },
  { name: 'CPU of the streamer', path: 'resources.streamer.cpuCores', unit: 'cores', better: 'lower' },
  { name: 'memory, highest', path: 'resources.streamer.rssMaxMB', unit: 'MB', better: 'lower' },
  { name: 'memory at the end', path: 'resources.streamer.rssEndMB', unit: 'MB', better: 'lower' },
  { name: 'LIST per GB', path: 'requests.perGB.list', unit: '', better: 'lower' },
  { name: 'GET per GB', path: 'requests.perGB.get', unit: '', better: 'lower' },
  { name: 'POST per GB', path: 'requests.perGB.post', unit: '', better: 'lower' },
  { name: 'Redis commands per GB', path: 'requests.perGB.redis', unit: '', better: 'lower' },
];
