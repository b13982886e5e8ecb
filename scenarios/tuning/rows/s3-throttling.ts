/** S3 throttling: a limit of requests a second, as S3 has one for each prefix. Who exceeds it, the LISTs or the GETs, decides whether the lever helps. */
import { s3Refused, s3RefusedTold, s3Throttled } from '../../observe/requests.ts';
import { sharedShape } from '../../catalogue/sharing.ts';
import { loadOf } from '../../define-scenario.ts';
import { arm, setting, smallObjects, wholeRunS } from '../arms.ts';
import { lagMedian, observed } from '../measures.ts';
import type { LoadPlan, TimedFault } from '../../scenario.ts';
import type { Arm, Claim, Row } from '../row.ts';

const durationS = 10;
const requestsPerS = 8;
const [tooOften, often, seldom] = ['50ms', '250ms', '2s'];

const limit: TimedFault = {
  at: { afterS: 0 },
  action: {
    kind: 's3',
    label: `S3 takes ${requestsPerS} requests a second`,
    faults: [{ kind: 'request-limit', operation: 'all', perS: requestsPerS }],
    forS: wholeRunS,
  },
  mayStrikeNothing: true,
};

/** 65 lines, some 100 KB: many GETs and few bytes. */
const tinyShape = { ...sharedShape, linesPerObject: sharedShape.linesPerObject / 20 };
const tinyPerS = 25;
const tinyObjects = 60;

const manyTinyObjects: LoadPlan = loadOf(
  `${tinyPerS} objects a second`,
  [{ name: 'tiny', objects: tinyObjects, arrival: { kind: 'constant', rawMBPerMin: tinyPerS * 0.1 * 60 } }],
  { shape: tinyShape, warmupObjects: 2 },
);

function scanning(what: string, load: LoadPlan, interval: string, faults: readonly TimedFault[] = [limit]): Arm {
  return arm({
    name: `throttling-${what}-scan-${interval}`,
    why: `S3 takes ${requestsPerS} requests a second; ${what}, a scan every ${interval}.`,
    takesS: durationS + 6,
    load,
    settings: [setting('processing.scan_interval', interval, '15s', 'the lever, or the symptom')],
    faults,
  });
}

const refusedFall = {
  measure: observed(s3Refused),
  symptom: { op: '>=', limit: 20 },
  effect: { kind: 'falls', to: 0.25 },
  price: lagMedian,
} as const satisfies Partial<Claim>;

const few = smallObjects(2, durationS);
const listsBefore = scanning('lists', few, tooOften);
const listsAfter = scanning('lists', few, seldom);
const getsBefore = scanning('gets', manyTinyObjects, often);
const getsAfter = scanning('gets', manyTinyObjects, seldom);
const unlimited: Arm = {
  ...scanning('gets', manyTinyObjects, often, []),
  name: 'throttling-gets-unlimited',
  why: `S3 takes what comes; gets, a scan every ${often}.`,
};

export const throttlingByScanInterval: Row = {
  name: 's3-scan-interval',
  documented: ['throttlingScanInterval'],
  rounds: 1,
  claims: [
    {
      ...refusedFall,
      when: 'the LISTs are too many',
      lever: `processing.scan_interval ${tooOften} to ${seldom}`,
      before: listsBefore,
      after: listsAfter,
      provided: [],
    },
    {
      ...refusedFall,
      when: 'the GETs alone are too many',
      lever: `processing.scan_interval ${often} to ${seldom}`,
      before: getsBefore,
      after: getsAfter,
      provided: [],
    },
  ],
};

/** The metric that an operator would look at, held against what S3 itself says. */
export const throttlingByMetrics: Row = {
  name: 's3-request-metrics',
  documented: ['throttlingMetrics'],
  rounds: 1,
  claims: [
    {
      when: 'S3 refuses requests, or does not',
      lever: 'no limit at S3; what is tested is whether s3_throttled_total tells the two apart',
      before: getsBefore,
      after: unlimited,
      measure: observed(s3Throttled),
      symptom: { op: '>=', limit: 20 },
      effect: { kind: 'falls', to: 0 },
      provided: [{ arm: 'before', measure: observed(s3RefusedTold), op: '>=', limit: 0.95 }],
      price: null,
    },
  ],
};
