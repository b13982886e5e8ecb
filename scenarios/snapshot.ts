/**
 * The documented production snapshot, reproduced: 228 MB/min of raw data to three agents, each documented figure beside what was measured.
 */
import type { CheckSpec } from '#reports';
import { duplicatesWithinBound, lagSlo, nothingLost, sinkHasHeadroom } from './checks.ts';
import {
  backlogPart,
  constantPart,
  defineScenario,
  documentedRawMBPerMin,
  loadOf,
  promptSettings,
} from './define-scenario.ts';
import type { LoadPart, Scenario, Setting } from './scenario.ts';

export const snapshotRates = ['1x', '10x', 'max'] as const;
export type SnapshotRate = (typeof snapshotRates)[number];

export interface SnapshotOptions {
  readonly rate: SnapshotRate;
  readonly durationS: number;
  readonly agents: number;
  /** The documented rhythm: a scan every 15 s, a delay window of 60 s, and 57 MB for each scan to find. */
  readonly asDocumented: boolean;
}

const documentedScanS = 15;
/** At full speed there is no schedule; this many objects for each second asked for fill about that time. */
const maxObjectsPerS = 5;

export function snapshot(options: SnapshotOptions): Scenario {
  const { rate, durationS, agents, asDocumented } = options;
  const isMax = rate === 'max';
  const part = partOf(options);
  return defineScenario({
    name: asDocumented ? 'snapshot-as-documented' : `snapshot-${rate}`,
    why: isMax
      ? 'How fast the streamer drains a backlog, beside a bare pipe on the same objects.'
      : `The documented production snapshot at ${rate} (${documentedRawMBPerMin * multiplier(rate)} MB/min raw): latency, lag, throughput and loss.`,
    proves: 'Production Snapshot, Data Format Reference and EdgeDelta Pipeline Snapshot of the documentation.',
    takesS: durationS,
    load: loadOf(rate, [part], { warmupObjects: isMax || asDocumented ? 0 : 4 }),
    agents,
    settings: [...(asDocumented ? documentedSettings : promptSettings), noExport],
    expect: [...nothingLost, duplicatesWithinBound, ...expectedOf(options, part.objects)],
    barePipeRounds: isMax ? 2 : 0,
    settleDeadlineS: asDocumented ? 150 : 60,
  });
}

function multiplier(rate: SnapshotRate): number {
  return rate === '10x' ? 10 : 1;
}

function partOf({ rate, durationS, asDocumented }: SnapshotOptions): LoadPart {
  if (rate === 'max') return backlogPart('objects', Math.max(1, Math.round(maxObjectsPerS * durationS)));
  const part = constantPart('objects', multiplier(rate), durationS);
  if (!asDocumented) return part;
  const rawMBPerMin = documentedRawMBPerMin * multiplier(rate);
  return { ...part, arrival: { kind: 'bursts', rawMBPerMin, everyS: documentedScanS } };
}

/** It shows in the memory that is compared with the documented one. */
const noExport: Setting = { key: 'otlp.enabled', value: false, shipped: true, why: 'nobody collects metrics here' };

const documentedSettings: readonly Setting[] = [
  { key: 'processing.scan_interval', value: '15s', shipped: '15s', why: 'the shipped default, as documented' },
  { key: 'processing.delay_window', value: '60s', shipped: '60s', why: 'the shipped default, as documented' },
];

function expectedOf({ rate, asDocumented }: SnapshotOptions, objects: number): readonly CheckSpec[] {
  if (rate === 'max') return [atLeastBarePipe, roundsAreWhole, sinkHasHeadroom];
  if (asDocumented) return [lagSlo];
  return [
    ...documentedLatency,
    lagSlo,
    ...(rate === '1x' ? [documentedMemory] : []),
    ...(objects < evenObjectsMin ? [] : [evenEndpoints]),
  ];
}

const documentedLatency: readonly CheckSpec[] = [
  {
    name: 'processing latency, average',
    kind: 'performance',
    path: 'latencyMs.processing.avg',
    op: '<=',
    limit: 60,
    unit: 'ms',
  },
  { name: 'lag, average', kind: 'performance', path: 'latencyMs.lag.avg', op: '<=', limit: 493, unit: 'ms' },
];

const documentedMemory: CheckSpec = {
  name: 'memory of the streamer at the end',
  kind: 'performance',
  path: 'resources.streamer.rssEndMB',
  op: '<=',
  limit: 147,
  unit: 'MB',
};

/** Below this, one batch of about 1 MiB more or less is already some 5 % of an endpoint's share. */
const evenObjectsMin = 15;

const evenEndpoints: CheckSpec = {
  name: 'bytes per endpoint, worst deviation from even',
  kind: 'performance',
  path: 'agentBalance.worstDeviation',
  op: '<=',
  limit: 0.05,
  unit: 'share',
};

const roundsAreWhole: CheckSpec = {
  name: 'lines lost, sent twice or wrong beside the bare pipe',
  kind: 'integrity',
  path: 'barePipe.wrongLines',
  op: '==',
  limit: 0,
  unit: 'lines',
};

const atLeastBarePipe: CheckSpec = {
  name: 'throughput over that of the bare pipe',
  kind: 'performance',
  path: 'barePipe.ratioRawMBps.median',
  op: '>=',
  limit: 0.7,
  unit: '',
};
