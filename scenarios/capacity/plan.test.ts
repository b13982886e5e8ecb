import { describe, expect, it } from 'vitest';
import type { CapacityPoint } from '#reports';
import { createRandom } from '#simulator';
import { type Basis, chooseBasis } from './basis.ts';
import { drainHours } from './plan-figures.ts';
import type { PlanRequest } from './plan-request.ts';
import { planCapacity } from './plan.ts';
import { monthlyCost } from './request-cost.ts';
import { predict } from './scalability.ts';
import { samplePoint } from './testing/sample-point.ts';

const request: PlanRequest = {
  rawTBPerDay: 50,
  peakFactor: 3,
  sloLagS: 60,
  recovery: { outageH: 6, withinH: 2 },
  agentLatencyMs: 20,
  agentRawMBps: 50,
  s3LatencyMs: 80,
  scanIntervalS: 15,
  lookbackIntervalS: 300,
  lookbackH: 24,
  activePartitions: 1,
  folderSpanH: 24,
  prices: {
    asOf: '2025-06-01',
    region: 'us-east-1',
    getPer1000: 0.0004,
    listPer1000: 0.005,
    getPerSecondPerPrefix: 5500,
  },
};

function basisOf(points: readonly CapacityPoint[]): Basis {
  const basis = chooseBasis(points);
  if (typeof basis === 'string') throw new Error(basis);
  return basis;
}

function plan(points: readonly CapacityPoint[], from = request) {
  const random = createRandom(1);
  return planCapacity(from, basisOf(points), () => random.next());
}

/** Searches for one, two and four instances, with a sustained rate at the end of each. */
const scaledPoints = [1, 2, 4].flatMap((instances) =>
  [1, 0.9].map((share) =>
    samplePoint({
      experiment: `max-${instances}`,
      instances,
      offeredRawMBps: predict({ lambda: 200, sigma: 0.02, kappa: 0 }, instances) * share,
    }),
  ),
);

describe('chooseBasis', () => {
  it('refuses to plan from too little, and says what to do', () => {
    expect(chooseBasis([])).toContain('run `capacity max` first');
    expect(chooseBasis(scaledPoints.slice(0, 5))).toContain('a plan needs 6');
  });

  it.each(['cpuSPerGB', 'rssMaxMB'] as const)('refuses points that do not tell %s, with cause and cure', (figure) => {
    const silent = scaledPoints.map((point) => ({ ...point, measured: { ...point.measured, [figure]: null } }));
    expect(chooseBasis(silent)).toMatch(/CPU time, memory .*needs \/proc or `ps`.*Run `capacity max`/);
    expect(basisOf([...silent.slice(1), scaledPoints[0]!]).cpuSPerGB).toBe(2);
  });

  it('counts neither invalid points nor those of another configuration or machine', () => {
    const other = scaledPoints.map((point) => ({ ...point, at: '2020-01-01T00:00:00Z', endpoints: 9 }));
    expect(basisOf([...other, ...scaledPoints]).points).toHaveLength(6);
    const invalid = scaledPoints.map((point) => ({
      ...point,
      outcome: { ...point.outcome, kind: 'invalid' as const },
    }));
    expect(chooseBasis(invalid)).toContain('no valid point');
  });

  it.each<[string, (point: CapacityPoint) => CapacityPoint]>([
    ['another S3', (point) => ({ ...point, s3: 'minio RELEASE.2025-09-07T16-13-09Z' })],
    ['objects of another size', (point) => ({ ...point, load: { ...point.load, rawMBPerObject: 2 } })],
  ])('counts no points on %s', (_what, change) => {
    const newer = scaledPoints.map((point) => change({ ...point, at: '2026-11-25T12:00:00.000Z' }));
    expect(basisOf([...scaledPoints, ...newer]).points).toHaveLength(6);
  });

  it('takes points on another version of the same S3, and on objects of nearly the same size', () => {
    const later = scaledPoints.map((point) => ({
      ...point,
      s3: 'embedded fauxqs 2.5.0',
      load: { ...point.load, rawMBPerObject: 10.4 },
    }));
    expect(basisOf([...scaledPoints, ...later]).points).toHaveLength(12);
  });

  it('takes the newest configuration that was measured often enough, whatever was tried since', () => {
    const swept = samplePoint({ experiment: 'sweep', instances: 1, offeredRawMBps: 300 });
    const later = [
      { ...swept, at: '2026-11-24T13:00:00.000Z', endpoints: 6 },
      { ...swept, at: '2026-11-24T14:00:00.000Z', endpoints: 9 },
    ];
    const { newest, points } = basisOf([...scaledPoints, ...later]);
    expect(newest.endpoints).toBe(3);
    expect(points).toHaveLength(6);
    expect(chooseBasis(later)).toContain('no older configuration has enough');
  });

  it('takes the highest sustained rate of each search as what so many instances do', () => {
    expect(basisOf(scaledPoints).scaled.map(({ instances }) => instances)).toEqual([1, 2, 4]);
    expect(basisOf(scaledPoints).scaled[0]?.rawMBps).toBe(200);
  });

  it('trusts no rate that broke in another repetition', () => {
    const broke = samplePoint({ experiment: 'max-1', instances: 1, offeredRawMBps: 200 });
    const points = [...scaledPoints, { ...broke, outcome: { ...broke.outcome, kind: 'unsustainable' as const } }];
    expect(basisOf(points).scaled[0]?.rawMBps).toBe(180);
  });

  it('trusts no rate that could not be offered in another repetition, as the search itself', () => {
    const slipped = samplePoint({ experiment: 'max-1', instances: 1, offeredRawMBps: 200 });
    const points = [...scaledPoints, { ...slipped, outcome: { ...slipped.outcome, kind: 'invalid' as const } }];
    expect(basisOf(points).scaled[0]?.rawMBps).toBe(180);
    expect(basisOf(points).points).toHaveLength(6);
  });
});

describe('planCapacity', () => {
  it('plans for the peak or for catching up, whichever asks for more', () => {
    const average = 50e6 / 86_400;
    expect(plan(scaledPoints).requiredRawMBps).toBeCloseTo(average * 4);
    expect(plan(scaledPoints, { ...request, recovery: null }).requiredRawMBps).toBeCloseTo(average * 3);
  });

  it('plans the fewest instances that carry it at 70 %, by the fitted law', () => {
    const { instances, requiredRawMBps, law } = plan(scaledPoints);
    expect(law.sigma).toBeCloseTo(0.02);
    expect(predict(law, instances!) * 0.7).toBeGreaterThanOrEqual(requiredRawMBps);
    expect(predict(law, instances! - 1) * 0.7).toBeLessThan(requiredRawMBps);
  });

  it('says so when it goes beyond what was measured, or stands on one size only', () => {
    expect(plan(scaledPoints).warnings.join(' ')).toContain('an extrapolation by');
    const single = Array.from({ length: 6 }, (_, index) =>
      samplePoint({ experiment: `max-${index}`, instances: 1, offeredRawMBps: 200 }),
    );
    expect(plan(single).warnings.join(' ')).toContain('nothing here has tested');
  });

  it('has a band where each size was measured more than once, and says so where not', () => {
    const once = plan(scaledPoints);
    expect(once.warnings.join(' ')).toContain('measured only once');
    expect(once.curve.model.every(({ range }) => range === null)).toBe(true);
    expect(once.figures.find(({ name }) => name === 'instances')?.note).toContain('cannot be said');
    const again = scaledPoints.map((point) => ({ ...point, experiment: `${point.experiment}-again` }));
    const twice = plan([...scaledPoints, ...again]);
    expect(twice.warnings.join(' ')).not.toContain('measured only once');
    expect(twice.curve.model.every(({ range }) => range !== null)).toBe(true);
  });

  it('says of memory that points of several instances are averages', () => {
    const memory = plan(scaledPoints).figures.find(({ name }) => name === 'memory of each instance');
    expect(memory).toMatchObject({
      value: 150,
      note: expect.stringContaining('of several instances it is their average'),
    });
  });

  it('warns of look-back sweeps that cannot keep up', () => {
    expect(plan(scaledPoints).warnings.join(' ')).toMatch(
      /sweeps cannot keep up: 750[34] LISTs one after the other take 23 min at least, and one is to begin every 5 min/,
    );
    expect(plan(scaledPoints, { ...request, rawTBPerDay: 5 }).warnings.join(' ')).not.toContain('sweeps');
  });

  it('adds to the measured lag what an object waits longer for a scan than in the measurement, and judges the sum', () => {
    // Measured: 400 ms, with a scan every 250 ms.
    const lag = (scanIntervalS: number) =>
      plan(scaledPoints, { ...request, scanIntervalS }).figures.find(({ name }) => name.startsWith('lag with a scan'));
    expect(lag(15)).toMatchObject({ source: 'model', note: expect.stringContaining('half on average') });
    expect(lag(15)?.value).toBeCloseTo(15.15);
    expect(lag(0.1)?.value).toBeCloseTo(0.4);
    const warnings = (sloLagS: number): string => plan(scaledPoints, { ...request, sloLagS }).warnings.join(' ');
    expect(warnings(15)).toContain('With a scan every 15 s lag is 15.2 s at most, over the SLO of 15 s');
    expect(warnings(16)).not.toContain('over the SLO');
  });

  it('sends whoever plans more instances than were measured to the simulated fleet, with the command', () => {
    const command = /npm run capacity -- fleet --instances \d+ --tb-per-day [\d.]+ --object-mb 10/;
    const many = plan(scaledPoints, { ...request, rawTBPerDay: 100, peakFactor: 2 });
    expect(many.warnings.join(' ')).toMatch(command);
    expect(many.warnings.join(' ')).toContain(
      `--instances ${many.instances} --tb-per-day ${Number(((many.requiredRawMBps * 86_400) / 1e6).toPrecision(3))}`,
    );
    expect(plan(scaledPoints, { ...request, rawTBPerDay: 5, recovery: null }).warnings.join(' ')).not.toMatch(command);
  });

  it('plans no number of instances where more of them do less', () => {
    const worse = [1, 2, 4].flatMap((instances) =>
      [1, 0.9].map((share) =>
        samplePoint({
          experiment: `max-${instances}`,
          instances,
          offeredRawMBps: predict({ lambda: 200, sigma: 0.3, kappa: 0.1 }, instances) * share,
        }),
      ),
    );
    const planned = plan(worse);
    expect(planned.instances).toBeNull();
    expect(planned.warnings[0]).toContain('No number of instances');
  });

  it('tells of every figure where it comes from, and of none what it does not know', () => {
    const { figures } = plan(scaledPoints, { ...request, agentRawMBps: null });
    expect(figures.find(({ name }) => name === 'endpoints')).toMatchObject({
      value: null,
      note: expect.stringContaining('--agent-mbps'),
    });
    expect(figures.find(({ name }) => name === 'Redis commands a second')?.value).toBeNull();
    expect(figures.every(({ note }) => note !== '')).toBe(true);
  });

  it('asks for room in the ready queue for what may not be read yet', () => {
    const queueSize = (tbPerDay: number) =>
      plan(scaledPoints, { ...request, rawTBPerDay: tbPerDay }).figures.find(({ name }) =>
        name.startsWith('processing.queue_size'),
      )?.value;
    expect(queueSize(1)).toBe(1000);
    expect(queueSize(20)).toBeGreaterThan(4000);
  });
});

describe('drainHours', () => {
  it('is the backlog over what is to spare, and never where nothing is', () => {
    expect(drainHours(6, 100, 400)).toBe(2);
    expect(drainHours(6, 100, 100)).toBeNull();
  });
});

describe('monthlyCost', () => {
  it('counts a GET for each object, the LISTs of scans, and of each sweep the whole folders that its window touches', () => {
    // One object a second: 2,592,000 a month; a day and a half are 87 and 44 pages, 3 more for the folders above, 8,640 sweeps a month.
    const cost = monthlyCost({ ...request, scanIntervalS: 10 }, 1);
    expect(cost.get).toBeCloseTo(2592 * 0.0004);
    expect(cost.scans).toBeCloseTo(259.2 * 0.005);
    expect(cost.sweeps).toBeCloseTo(((134 * 8640) / 1000) * 0.005);
    expect(cost.total).toBeCloseTo(cost.get + cost.scans + cost.sweeps);
  });

  it('counts no more sweeps than follow each other', () => {
    // 58 objects a second: 7,520 LISTs, each 80 ms and a pause of 100 ms.
    const cost = monthlyCost(request, 58);
    expect(cost.sweeps).toBeCloseTo((2_592_000 / 0.18 / 1000) * 0.005, 1);
  });
});
