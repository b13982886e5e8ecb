import { describe, expect, it } from 'vitest';
import { completedEvent, postedEvent, quarantinedEvent, refusedEvent, retriedEvent } from '../testing/sample-events.ts';
import { Breakdown, outcomeOf } from './breakdown.ts';

describe('the outcome of a POST', () => {
  it.each([
    [null, 'timeout', 'timeout'],
    [null, 'ECONNREFUSED: connect', 'network'],
    [400, 'bad', 'refused'],
    [413, 'large', 'refused'],
    [422, 'bad', 'refused'],
    [401, 'who?', 'rejected'],
    [404, '', 'rejected'],
    [429, 'slow down', 'rejected'],
    [500, '', 'server-error'],
    [503, '', 'server-error'],
  ] as const)('%s "%s" is %s', (status, error, outcome) => {
    expect(outcomeOf({ status, error })).toBe(outcome);
  });
});

describe('Breakdown', () => {
  it('counts every POST under its endpoint and outcome', () => {
    const breakdown = new Breakdown(['http://a', 'http://b']);
    breakdown.count(postedEvent({ endpoint: 'http://a', bodyBytes: 100, lines: 7 }), 1000);
    breakdown.count(postedEvent({ endpoint: 'http://a', bodyBytes: 20, lines: 3 }), 2000);
    breakdown.count(retriedEvent({ endpoint: 'http://b', status: 503, error: 'busy' }), 3000);
    breakdown.count(retriedEvent({ endpoint: 'http://b', status: null, error: 'timeout' }), 4000);
    breakdown.count(refusedEvent({ endpoint: 'http://a', status: 400, error: 'no' }), 5000);
    expect(breakdown.endpoints.get('http://a')).toMatchObject({
      outcomes: { acknowledged: 2, refused: 1, 'server-error': 0 },
      bytes: 120,
      lines: 10,
      acknowledgedMs: 2000,
      lastError: { atMs: 5000, status: 400, text: 'no' },
    });
    expect(breakdown.endpoints.get('http://b')).toMatchObject({
      outcomes: { acknowledged: 0, 'server-error': 1, timeout: 1 },
      acknowledgedMs: null,
      lastError: { atMs: 4000, status: null, text: 'timeout' },
    });
  });

  it('counts quarantine by reason, from 0 for the known ones', () => {
    const breakdown = new Breakdown([]);
    breakdown.count(quarantinedEvent({ reason: 'refused' }), 0);
    breakdown.count(quarantinedEvent({ reason: 'new-reason' }), 0);
    expect(breakdown.quarantined).toEqual(
      new Map([
        ['line-too-long', 0],
        ['refused', 1],
        ['gzip-corrupt', 0],
        ['gzip-truncated', 0],
        ['gzip-bomb', 0],
        ['object-gone', 0],
        ['object-archived', 0],
        ['new-reason', 1],
      ]),
    );
  });

  it('leaves out what an operator asked for: nobody waited for it', () => {
    const breakdown = new Breakdown([]);
    expect(breakdown.fileAgeMs).toBeNull();
    breakdown.count(completedEvent({ isWanted: true }), 0);
    expect(breakdown).toMatchObject({ fileAgeMs: null, latency: { objects: 0 } });
    breakdown.count(completedEvent({ fileTimestampMs: 1000, eligibleMs: 4000 }), 0);
    expect(breakdown).toMatchObject({ fileAgeMs: 4060, latency: { objects: 1, processingMs: 60, lagMs: 1060 } });
  });
});
