import { describe, expect, it } from 'vitest';
import { describeFleet } from './fleet-report.ts';
import { describeMax } from './max-report.ts';
import type { CapacityPoint, MaxResult, PlanResult, ScaleResult, SweepResult } from './model.ts';
import { describePlan } from './plan-report.ts';
import { renderDocumentHtml } from './render-html.ts';
import { renderDocumentMarkdown, renderDocumentText } from './render-text.ts';
import { sampleFleet } from './sample-fleet.ts';
import { describeScale } from './scale-report.ts';
import { describeSweep } from './sweep-report.ts';

const replay = 'npm run capacity -- max --seed 1';

function point(
  offeredRawMBps: number | null,
  kind: CapacityPoint['outcome']['kind'],
  reasons: string[],
): CapacityPoint {
  return {
    schemaVersion: 1,
    experiment: 'max',
    at: '2026-11-24T12:00:00.000Z',
    seed: 1,
    replay,
    machine: { node: 'v26', cpu: 'a CPU', cores: 2, memoryMB: 8000, os: 'Linux', git: null },
    s3: 'embedded',
    redis: null,
    settings: {},
    instances: 1,
    endpoints: 3,
    agentLatencyMs: 0,
    load: { kind: 'open loop', offeredRawMBps, scheduleS: 30, objects: 300, rawMBPerObject: 10, gzipRatio: 15 },
    outcome: { kind, reasons, backlogGrowthShare: 0.002, lagSlopeUpperSPerS: 0.001, lagHighMs: 400 },
    measured: {
      rawMBps: offeredRawMBps ?? 300,
      steadyRawMBps: null,
      lagP50Ms: 200,
      lagP99Ms: 400,
      cpuSPerGB: 2,
      rssMaxMB: 150,
      listPerGB: 5,
      getPerGB: 100,
      postPerGB: 1000,
      redisCommandsPerGB: null,
    },
    stages: [{ stage: 'streamer CPU', share: 0.93, evidence: '0.93 cores' }],
  };
}

const max: MaxResult = {
  experiment: 'max',
  sustainedRawMBps: 288,
  brokenRawMBps: 304,
  stages: [{ stage: 'streamer CPU', share: 0.93, evidence: '0.93 cores' }],
  limiting: { stage: 'streamer CPU', share: 0.93, evidence: '0.93 cores' },
  failure: null,
  points: [
    point(null, 'drained', []),
    point(304, 'unsustainable', ['lag may rise | by 0.2 s/s']),
    point(288, 'sustainable', []),
  ],
  replay,
};

const sweep: SweepResult = {
  experiment: 'sweep',
  design: 'grid',
  stepsPlanned: 8,
  stepsMeasured: 6,
  stepsInvalid: 1,
  effects: [
    {
      key: 'http.workers',
      levels: [
        { value: '10', measurements: 3, rawMBps: 100, overStart: 1, comparison: null },
        { value: '20', measurements: 3, rawMBps: 180, overStart: 1.8, comparison: 'twins' },
      ],
    },
  ],
  configurations: [{ name: 'http.workers=20', rawMBps: [175, 185] }],
  recommended: {
    settings: { 'http.workers': 20, endpoints: 3 },
    rawMBps: 180,
    bestRawMBps: 180,
    noise: 0.03,
    alike: 1,
  },
  replay,
};

const plan: PlanResult = {
  request: '50 TB raw a day',
  averageRawMBps: 579,
  peakRawMBps: 1736,
  recoveryRawMBps: null,
  requiredRawMBps: 1736,
  instances: 12,
  law: { lambda: 250, sigma: 0.01, kappa: 0, sizes: 3 },
  figures: [{ name: 'endpoints', value: null, unit: '', source: 'assumed', note: 'not known' }],
  breaksFirst: [{ what: 'instances', atFactor: 1.43, note: 'add some' }],
  curve: {
    model: [{ instances: 1, middle: 250, range: { low: 240, high: 260 } }],
    measured: [{ instances: 1, rawMBps: 250 }],
  },
  drain: [{ outageH: 6, drainH: 1.7 }],
  warnings: ['an extrapolation'],
  basis: {
    points: 9,
    from: '2026-11-24T12:00:00Z',
    to: '2026-11-24T12:30:00Z',
    machine: 'a machine',
    settings: 'endpoints=3',
  },
};

const scale: ScaleResult = {
  experiment: 'scale',
  agentLatencyMs: 200,
  sizes: [
    { instances: 1, rawMBps: [10, 10.2], isHeldOut: false },
    { instances: 8, rawMBps: [70, 72], isHeldOut: true },
  ],
  law: { lambda: 10, sigma: 0.01, kappa: 0 },
  curve: [{ instances: 1, rawMBps: 10 }],
  predictions: [
    { what: 'throughput of 8', unit: 'MB/s', predicted: 90, low: 85, high: 95, measured: [70, 72], error: 0.27 },
  ],
  errorMax: 0.15,
  replay,
};

const fleet = sampleFleet(replay);

const documents = [
  describeMax(max),
  describeSweep(sweep),
  describePlan(plan, replay),
  describeScale(scale),
  describeFleet(fleet),
];

describe('capacity reports', () => {
  it('answer first, in one sentence or two', () => {
    expect(documents[0]?.answer).toBe(
      '288 MB/s raw are sustained, 304 are not. The limit is streamer CPU: 0.93 cores.',
    );
    expect(documents[1]?.answer).toContain('http.workers matters most: 20 gives 1.8 times');
    expect(documents[2]?.answer).toContain('12 instances');
    expect(documents[3]?.answer).toContain('27% off at most, beyond the 15%');
  });

  it('do not say of a rate that it is not sustained when no trial of it was valid', () => {
    const slipped = point(304, 'invalid', ['slip of the generator: 1400 (limit 1000)']);
    const points = [slipped, slipped, point(288, 'sustainable', [])];
    expect(describeMax({ ...max, points }).answer).toBe(
      '288 MB/s raw are sustained; 304 could not be offered in a way that proves anything (slip of the generator: 1400 (limit 1000)), so the limit may be higher.',
    );
    const once = [slipped, ...max.points];
    expect(describeMax({ ...max, points: once }).answer).toContain('304 are not.');
  });

  it('warn of what the reader must know', () => {
    expect(documents[1]?.warnings.join(' ')).toContain('6 of 8 steps fitted into the budget');
    expect(documents[3]?.warnings.join(' ')).toContain('throughput of 8: predicted 27% off');
    expect(describeMax({ ...max, failure: 'nothing held' }).warnings).toEqual(['No bracket was found: nothing held.']);
  });

  it('warn where a lever was compared by groups in which others moved as well', () => {
    expect(documents[1]?.warnings.join(' ')).not.toContain('groups');
    const [effect] = sweep.effects;
    const levels = effect!.levels.map((level) => ({ ...level, comparison: 'groups' as const }));
    const { warnings } = describeSweep({ ...sweep, effects: [{ ...effect!, levels }] });
    expect(warnings.join(' ')).toContain('Of http.workers some values were never measured beside');
  });

  it('say that there is no band where sizes were measured once', () => {
    expect(documents[3]?.warnings.join(' ')).not.toContain('only once');
    const once = scale.sizes.map((size) => ({ ...size, rawMBps: size.rawMBps.slice(0, 1) }));
    const predictions = scale.predictions.map((one) => ({ ...one, low: null, high: null }));
    const document = describeScale({ ...scale, sizes: once, predictions });
    expect(document.warnings.join(' ')).toContain('Some numbers of instances were measured only once');
    expect(document.tables[0]?.rows[0]?.[2]).toBe('none');
    const curve = { ...plan.curve, model: plan.curve.model.map((one) => ({ ...one, range: null })) };
    expect(describePlan({ ...plan, curve }, replay).charts[0]?.series.map(({ name }) => name)).toEqual([
      'fitted law',
      'measured',
    ]);
  });

  it('give the recommended configuration as YAML that can be copied', () => {
    expect(documents[1]?.listings[0]?.text).toBe('http:\n  workers: 20\n# endpoints: 3');
  });

  it.each(documents.map((document) => [document.title, document] as const))(
    '%s: text, Markdown and HTML',
    (_title, document) => {
      const text = renderDocumentText(document);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
      expect(text).toContain(`Replay: ${replay}`);
      const markdown = renderDocumentMarkdown(document);
      const widths = markdown.split('\n').filter((line) => line.startsWith('|'));
      expect(widths.length).toBeGreaterThan(2);
      const html = renderDocumentHtml(document);
      expect(html).not.toMatch(/<script|https?:\/\//);
      expect(html).toContain(document.tables[0]?.title);
    },
  );

  it('tell of a fleet what limits it, and how long it took to recover', () => {
    expect(documents[4]?.answer).toBe(
      '10 instances at 100 TB raw a day: 1,150 MB/s delivered in 10 min, lag p99 1.6 s. What limits is event loop (80% used). Redis away for 30 s, as in a fail-over: recovered 15 s after the end.',
    );
    const calm = describeFleet({ ...fleet, fault: null, limiting: null });
    expect(calm.answer).not.toContain('limits');
    expect(calm.tables[0]?.rows.flat().join(' ')).not.toContain('recovered');
    const lost = { ...fleet.fault!, recoveredAfterS: null };
    expect(describeFleet({ ...fleet, fault: lost }).answer).toContain('it had not recovered 5.5 min after the end');
  });

  it('show beside each prediction of a fleet what was measured, and which it was calibrated with', () => {
    const rows = documents[4]?.tables.find(({ title }) => title.includes('beside measured'))?.rows;
    expect(rows?.[0]).toEqual(['1 instance', '7.75 MB/s', '8.08 MB/s', '-4%', 'calibrated with it']);
    expect(rows?.[1]).toEqual(['8 instances', '55.3 MB/s', '57.1 MB/s', '-3.1%', 'held out']);
  });

  it('draw no lag where nothing was completed', () => {
    expect(documents[4]?.charts[0]?.series[1]?.points).toEqual([
      { x: 5, y: 0.7 },
      { x: 10, y: 0.9 },
    ]);
  });

  it('keep a bar in a reason from becoming a column', () => {
    expect(renderDocumentMarkdown(documents[0]!)).toContain(String.raw`lag may rise \| by`);
  });
});
