import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { definitionOf, METRIC_NAMES } from './definitions.ts';
import { metricsPage } from './reference.ts';

/** `reference/go-original.md` lists them; dashboards and alerts of users depend on them. */
const ORIGINAL_NAMES = [
  's3_files_processed_total',
  's3_bytes_processed_total',
  's3_files_errored_total',
  's3_processing_latency_seconds',
  'http_batches_sent_total',
  'http_lines_sent_total',
  'http_bytes_sent_total',
  'http_errors_total',
  'http_network_errors_total',
  'http_timeout_errors_total',
  'http_server_errors_total',
  'http_buffer_drops_total',
  'http_buffer_utilization_ratio',
  'http_active_connections',
  'http_idle_connections',
  'http_request_duration_seconds',
  'processing_lag_seconds',
];

describe('the metrics', () => {
  it('have every name of the original', () => {
    const documented = METRIC_NAMES.filter((name) => definitionOf(name).isDocumented === true);
    expect([...documented].toSorted()).toEqual(ORIGINAL_NAMES.toSorted());
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
