/** The figures that the claims compare. */
import { type Observation, observedPath } from '../observe/observation.ts';
import type { Measure } from './row.ts';

export const lagMedian: Measure = { name: 'lag of the median object', unit: 'ms', path: 'latencyMs.lag.p50' };

export const droppedLines: Measure = {
  name: 'lines that never reached an agent',
  unit: 'lines',
  path: 'delivery.lostLines',
};

export const duplicateLines: Measure = {
  name: 'lines that came twice',
  unit: 'lines',
  path: 'delivery.duplicateLines',
};

export const unevenness: Measure = {
  name: 'bytes per endpoint, worst deviation from even',
  unit: 'share',
  path: 'agentBalance.worstDeviation',
};

export const drainRate: Measure = { name: 'rate of delivery', unit: 'MB/s', path: 'throughput.rawMBps' };

export const streamerCpu: Measure = { name: 'CPU of the streamer', unit: 'cores', path: 'resources.streamer.cpuCores' };

/** For the same work: unlike cores, it does not hang on how much of the machine others left. */
export const streamerCpuTime: Measure = {
  name: 'CPU time of the streamer',
  unit: 's',
  path: 'resources.streamer.cpuS',
};

export const sinkCpu: Measure = { name: 'CPU of EdgeDelta', unit: 'cores', path: 'resources.sink.cpuCores' };

export const sinkMemory: Measure = { name: 'memory of EdgeDelta', unit: 'MB', path: 'resources.sink.rssMaxMB' };

export function observed({ id, name, unit }: Observation): Measure {
  return { name, unit, path: observedPath(id) };
}
