/** The rows of the lag bench: what arrives, how the streamer learns of it, and what the issue of lag allows. */
import type { Schedule, Setting } from '../../scenario.ts';
import { documentedRawMBPerMin, promptSettings } from '../../define-scenario.ts';

export type Finding = 'poll' | 'sqs';
type ObjectSize = 'documented' | 'small';

export interface LagRow {
  readonly name: string;
  readonly finding: Finding;
  readonly size: ObjectSize;
  readonly objects: number;
  readonly arrival: Schedule;
  /** Milliseconds; null where the row is not judged by it. */
  readonly limits: {
    readonly lagP50: number | null;
    readonly lagP99: number | null;
    readonly processingP50: number | null;
    /** From the moment when a burst is meant to be there to the last line of it; the slowest burst counts. */
    readonly burst: number | null;
  };
}

/** What a p99 needs. */
export const judgedObjects = 300;
/** Of 10 MB raw; the small ones have a tenth of that, or 300 of them would take 13 minutes at 1x. */
const idleObjects = 20;
/** As many files as one documented scan brings at its busiest, all at once. */
const burstObjects = 28;
const bursts = 6;
const burstEveryS = 4;
const documentedObjectMB = 10;

export type LagRate = '1x' | '10x' | 'burst';

const limitsOf: Readonly<Record<Finding, { readonly lagP50: number; readonly lagP99: number }>> = {
  poll: { lagP50: 200, lagP99: 400 },
  sqs: { lagP50: 100, lagP99: 100 },
};

export function lagRows(rates: readonly LagRate[], findings: readonly Finding[]): readonly LagRow[] {
  return rates.flatMap((rate) => findings.flatMap((finding) => rowsOf(rate, finding)));
}

function rowsOf(rate: LagRate, finding: Finding): readonly LagRow[] {
  const none = { lagP50: null, lagP99: null, processingP50: null, burst: null };
  const times = (factor: number): Schedule => ({ kind: 'constant', rawMBPerMin: factor * documentedRawMBPerMin });
  switch (rate) {
    case '1x':
      return [
        {
          name: `1x, objects of 1 MB, ${finding}`,
          finding,
          size: 'small',
          objects: judgedObjects,
          arrival: times(1),
          limits: { ...none, ...limitsOf[finding] },
        },
        {
          name: `1x, objects of 10 MB, ${finding}`,
          finding,
          size: 'documented',
          objects: idleObjects,
          arrival: times(1),
          limits: { ...none, lagP50: limitsOf[finding].lagP50, processingP50: 30 },
        },
      ];
    case '10x':
      return [
        {
          name: `10x, objects of 10 MB, ${finding}`,
          finding,
          size: 'documented',
          objects: judgedObjects,
          arrival: times(10),
          limits: { ...none, ...limitsOf[finding] },
        },
      ];
    case 'burst': {
      const rawMBPerMin = (burstObjects * documentedObjectMB * 60) / burstEveryS;
      return [
        {
          name: `bursts of ${burstObjects} objects of 10 MB, ${finding}`,
          finding,
          size: 'documented',
          objects: burstObjects * bursts,
          arrival: { kind: 'bursts', rawMBPerMin, everyS: burstEveryS },
          limits: { ...none, burst: 1000 },
        },
      ];
    }
  }
}

export function settingsOf({ finding }: LagRow, queueUrl: string): readonly Setting[] {
  if (finding === 'poll') return promptSettings;
  const why = 'objects are told of, not listed';
  return [
    ...promptSettings,
    { key: 'discovery.mode', value: 'sqs', shipped: 'poll', why },
    { key: 'discovery.queue_url', value: queueUrl, shipped: '', why },
  ];
}
