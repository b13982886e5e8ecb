/** Scaling down: three levers that are said to make the streamer ask for less. */
import { rssOverIdle } from '../../observe/memory.ts';
import { s3Lists } from '../../observe/requests.ts';
import { busiestSecond } from '../../observe/sink-rate.ts';
import { backlogPart, constantPart, loadOf } from '../../define-scenario.ts';
import { arm, setting, smallObjectsAtOnce } from '../arms.ts';
import { drainRate, lagMedian, observed, streamerCpuTime } from '../measures.ts';
import type { Arm, Claim, Row } from '../row.ts';

const shippedWorkers = 15;
const fewWorkers = 1;
/** 400 MB, in documented objects. */
const backlogObjects = 40;

function reading(workers: number): Arm {
  return arm({
    name: `read-${workers}-workers`,
    why: `A backlog of ${backlogObjects} documented objects, read by ${workers} S3 worker${workers === 1 ? '' : 's'}.`,
    takesS: 5,
    load: loadOf('max', [backlogPart('backlog', backlogObjects)]),
    settings: [setting('processing.worker_count', workers, shippedWorkers, 'the lever')],
  });
}

const fewerWorkers = {
  lever: `processing.worker_count ${shippedWorkers} to ${fewWorkers}`,
  before: reading(shippedWorkers),
  after: reading(fewWorkers),
  provided: [],
  price: drainRate,
} as const satisfies Partial<Claim>;

export const downByWorkers: Row = {
  name: 'down-s3-workers',
  documented: ['downWorkers'],
  rounds: 2,
  claims: [
    {
      ...fewerWorkers,
      when: 'memory, while a backlog is drained',
      measure: observed(rssOverIdle),
      symptom: { op: '>=', limit: 100 },
      effect: { kind: 'falls', to: 0.5 },
    },
    {
      ...fewerWorkers,
      when: 'CPU, for the same backlog',
      measure: streamerCpuTime,
      symptom: { op: '>=', limit: 0.3 },
      effect: { kind: 'falls', to: 0.85 },
    },
  ],
};

const scanDurationS = 10;
const [often, seldom] = ['200ms', '2s'];

function scanning(interval: string): Arm {
  return arm({
    name: `down-scan-${interval}`,
    why: `The documented load, and a scan every ${interval}.`,
    takesS: scanDurationS + 3,
    load: loadOf('1x', [constantPart('live', 1, scanDurationS)]),
    countsS3Requests: true,
    settings: [setting('processing.scan_interval', interval, '15s', 'the lever, or the symptom')],
  });
}

const scannedLessOften = {
  lever: `processing.scan_interval ${often} to ${seldom}`,
  before: scanning(often),
  after: scanning(seldom),
  provided: [],
  price: lagMedian,
} as const satisfies Partial<Claim>;

export const downByScanInterval: Row = {
  name: 'down-scan-interval',
  documented: ['downScanInterval'],
  rounds: 1,
  claims: [
    {
      ...scannedLessOften,
      when: 'requests to S3',
      measure: observed(s3Lists),
      symptom: { op: '>=', limit: 25 },
      effect: { kind: 'falls', to: 0.4 },
    },
  ],
};

/** 60 MB at once, about what a scan finds every 15 s as documented. */
const burstObjects = 30;
const spreadS = 6;
const [noWindow, window] = ['0s', '8s'];

function bursting(what: string, stampsS: { readonly from: number; readonly to: number }, delayWindow: string): Arm {
  return arm({
    name: `burst-${what}-delay-${delayWindow}`,
    why: `${burstObjects * 2} MB arrive at once, ${what}, with a delay window of ${delayWindow}.`,
    takesS: delayWindow === noWindow ? 6 : 19,
    load: smallObjectsAtOnce(burstObjects, { stampsS }),
    settings: [setting('processing.delay_window', delayWindow, '60s', 'the lever, or the symptom')],
  });
}

const writtenOverTime = { from: -spreadS, to: 0 };
const writtenAtOnce = { from: -1, to: -1 };

const burstIsSmoothed = {
  lever: `processing.delay_window ${noWindow} to ${window}`,
  measure: observed(busiestSecond),
  symptom: { op: '>=', limit: 25 },
  effect: { kind: 'falls', to: 0.6 },
  provided: [],
  price: null,
} as const satisfies Partial<Claim>;

export const downByDelayWindow: Row = {
  name: 'down-delay-window',
  documented: ['downDelayWindow'],
  rounds: 1,
  claims: [
    {
      ...burstIsSmoothed,
      when: `files whose names tell of ${spreadS} seconds, uploaded together`,
      before: bursting('written-over-time', writtenOverTime, noWindow),
      after: bursting('written-over-time', writtenOverTime, window),
    },
    {
      ...burstIsSmoothed,
      when: 'files whose names tell of one moment, uploaded together',
      before: bursting('written-at-once', writtenAtOnce, noWindow),
      after: bursting('written-at-once', writtenAtOnce, window),
    },
  ],
};
