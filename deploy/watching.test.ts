/** Alerts, playbook and dashboard belong together, and all speak of metrics that exist. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Breakdown } from '../streamer/telemetry/breakdown.ts';
import { definitionOf, METRIC_NAMES, type MetricName } from '../streamer/telemetry/definitions.ts';
import { readAlertRules } from './alert-rules.ts';
import { expressionsOf, readDashboard } from './dashboard.ts';

const rules = readAlertRules();
const dashboard = readDashboard();
const playbook = readFileSync(new URL('../docs/operations-playbook.md', import.meta.url), 'utf8');

/** Names of series, as a scrape has them; `up` is Prometheus' own. */
const SERIES: ReadonlySet<string> = new Set([...METRIC_NAMES.flatMap(seriesOf), 'up']);
const WORDS_OF_PROMQL = new Set(
  'sum rate increase by or and on ignoring group_left max max_over_time changes histogram_quantile'.split(' '),
);

function seriesOf(name: MetricName): readonly string[] {
  const suffixes = definitionOf(name).kind === 'histogram' ? ['_sum', '_count', '_bucket'] : [''];
  return suffixes.map((suffix) => name + suffix);
}

/** What is left of a query without labels, durations, numbers and PromQL's own words. */
function seriesIn(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|on|ignoring|group_left)\s*\([^)]*\)/g, '');
  return (bare.match(/[a-z_]\w*/gi) ?? []).filter((word) => !WORDS_OF_PROMQL.has(word));
}

/** As GitHub makes it from a heading of letters and digits. */
function sectionsOf(page: string): ReadonlyMap<string, string> {
  return new Map(page.split(/^## /m).map((section) => [section.split('\n')[0] ?? '', section]));
}

describe('an alert', () => {
  it.each(rules)('$alert asks for metrics that exist', ({ expr }) => {
    const series = seriesIn(expr);
    expect(series.length).toBeGreaterThan(0);
    expect(series.filter((name) => !SERIES.has(name))).toEqual([]);
  });

  it.each(rules)('$alert leads to its section of the playbook: meaning, first look, cure', ({ alert, annotations }) => {
    const section = sectionsOf(playbook).get(alert) ?? '';
    for (const part of ['**Meaning.**', '**First look.**', '**Cure.**']) expect(section).toContain(part);
    expect(annotations.runbook).toBe(`docs/operations-playbook.md#${alert.toLowerCase()}`);
  });

  it('uses lag, never the file age, which holds the delay window', () => {
    expect(rules.filter(({ expr }) => expr.includes('processing_lag_seconds'))).toEqual([]);
  });

  it('is not missing where the playbook has a section', () => {
    const sections = [...sectionsOf(playbook).keys()].filter((name) => name.startsWith('S3Streamer'));
    expect(sections.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  });
});

describe('the playbook', () => {
  it('has a cure for every reason of quarantine', () => {
    const section = sectionsOf(playbook).get('S3StreamerQuarantine') ?? '';
    for (const reason of new Breakdown([]).quarantined.keys()) expect(section).toContain(`\`${reason}\``);
  });

  it('links to sections that it has', () => {
    const anchors = new Set([...sectionsOf(playbook).keys()].map((name) => name.toLowerCase()));
    const links = [...playbook.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });

  it('names metrics that exist', () => {
    const named = [...playbook.matchAll(/`([a-z_]+_(?:total|seconds|ratio|state|bytes|objects))`/g)];
    expect(named.map(([, name = '']) => name).filter((name) => !METRIC_NAMES.some((known) => known === name))).toEqual(
      [],
    );
  });
});

describe('the dashboard', () => {
  it('has the documented panels', () => {
    const titles = dashboard.panels.map(({ title }) => title);
    for (const title of [
      'S3 files processed per minute',
      'Batches sent per minute',
      'Bytes sent per minute',
      'Processing lag',
      'Files processed',
      'Bytes processed',
      'Time per file',
      'File errors',
      'Processing lag, average',
      'HTTP errors',
    ])
      expect(titles).toContain(title);
  });

  it.each(expressionsOf(dashboard))('asks for metrics that exist: %s', (expression) => {
    const series = seriesIn(expression);
    expect(series.length).toBeGreaterThan(0);
    expect(series.filter((name) => !SERIES.has(name))).toEqual([]);
  });

  it('lets no panel overlap another', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});
