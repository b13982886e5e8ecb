import { describe, expect, it } from 'vitest';
import { completedEvent, postedEvent, retriedEvent, SAMPLE_OBJECT } from '../testing/sample-events.ts';
import { BIN_MS, LiveFeed } from './live-feed.ts';

const HOUR_BINS = 360;

describe('the series of the live page', () => {
  it('sums what happened in bins of ten seconds, from the start on', () => {
    const feed = new LiveFeed(100_000);
    feed.observe(postedEvent({ bodyBytes: 10 }), 100_001);
    feed.observe(postedEvent({ bodyBytes: 20 }), 109_999);
    feed.observe(completedEvent({ eligibleMs: 4060, rawBytes: 500 }), 125_000);
    feed.observe(completedEvent({ eligibleMs: 2060, rawBytes: 500 }), 125_001);
    feed.observe(retriedEvent(), 125_002);
    expect(feed.series(131_000)).toEqual({
      binMs: BIN_MS,
      startMs: 100_000,
      files: [0, 0, 2, 0],
      rawBytes: [0, 0, 1000, 0],
      batches: [2, 0, 0, 0],
      bytes: [30, 0, 0, 0],
      fileErrors: [0, 0, 0, 0],
      httpErrors: [0, 0, 1, 0],
      lagAvgMs: [null, null, 2000, null],
      lagMaxMs: [null, null, 3000, null],
    });
  });

  it('goes back one hour, and holds no more', () => {
    const feed = new LiveFeed(0);
    for (let bin = 0; bin < 3 * HOUR_BINS; bin += 1) feed.observe(postedEvent(), bin * BIN_MS);
    const series = feed.series(3 * HOUR_BINS * BIN_MS - 1);
    expect(series.batches).toEqual(Array.from({ length: HOUR_BINS }, () => 1));
    expect(series.startMs).toBe(2 * HOUR_BINS * BIN_MS);
  });

  it('leaves replays out of the lag', () => {
    const feed = new LiveFeed(0);
    feed.observe(completedEvent({ isWanted: true }), 0);
    expect(feed.series(0)).toMatchObject({ files: [1], lagAvgMs: [null] });
  });
});

describe('what went wrong', () => {
  it('is listed newest first, and the same again is counted', () => {
    const feed = new LiveFeed(0);
    feed.observe(retriedEvent({ endpoint: 'http://b', status: 503, error: 'busy' }), 1000);
    feed.observe(
      { kind: 'object retried', object: SAMPLE_OBJECT, code: 'S3_THROTTLED', error: 'slow down', delayMs: 5 },
      2000,
    );
    feed.observe(retriedEvent({ endpoint: 'http://b', status: 503, error: 'busy', attempt: 2 }), 3000);
    expect(feed.troubles).toEqual([
      { atMs: 3000, level: 'warn', what: 'delivery retried', detail: 'http://b · 503 · busy', times: 2 },
      {
        atMs: 2000,
        level: 'warn',
        what: 'object retried',
        detail: 'S3_THROTTLED · slow down · logs · a/1_1_1_1.gz',
        times: 1,
      },
    ]);
  });

  it('holds a limited number, and says nothing of what is no trouble', () => {
    const feed = new LiveFeed(0);
    feed.observe(postedEvent(), 0);
    feed.observe(completedEvent(), 0);
    expect(feed.troubles).toEqual([]);
    for (let index = 0; index < 100; index += 1) feed.observe(retriedEvent({ error: `error ${index}` }), index);
    expect(feed.troubles).toHaveLength(30);
    expect(feed.troubles[0]?.detail).toContain('error 99');
  });
});
