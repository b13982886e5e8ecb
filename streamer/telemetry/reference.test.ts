import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { definitionOf, METRIC_NAMES } from './definitions.ts';
import { metricsPage } from './reference.ts';

/** Dashboards and alerts of users depend on them. */
const originalNames: readonly string[] = JSON.parse(
  readFileSync(new URL('../../fixtures/original-metrics.json', import.meta.url), 'utf8'),
);

describe('the metrics', () => {
  it('have every name of the original', () => {
    const documented = METRIC_NAMES.filter((name) => definitionOf(name).isDocumented === true);
    expect([...documented].toSorted()).toEqual(originalNames.toSorted());
  });

  it('are named as Prometheus wants it: sums end in _total, and nothing else does', () => {
    for (const name of METRIC_NAMES) {
      const { kind, unit } = definitionOf(name);
      expect({ name, isTotal: name.endsWith('_total') }).toEqual({ name, isTotal: kind === 'counter' });
      if (unit === 's') expect(name).toMatch(/_seconds(?:_total)?$/);
    }
  });

  it('have the page docs/metrics.md: npm run schema writes it', () => {
    expect(readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')).toBe(metricsPage());
  });
});
