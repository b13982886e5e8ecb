import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completedEvent, postedEvent, refusedEvent, retriedEvent } from '../testing/sample-events.ts';
import { lagStagesMs, observationsOf } from './samples.ts';

const moment = fc.nat(100_000);

describe('the stages of lag', () => {
  it('are never negative, and add up to the lag, whatever the order of the boundaries', () => {
    const times = fc.record({
      getIssuedMs: moment,
      inflatedMs: moment,
      batchClosedMs: moment,
      firstSentMs: moment,
      acknowledgedMs: moment,
    });
    fc.assert(
      fc.property(moment, moment, times, (eligibleMs, listedMs, boundaries) => {
        const stages = lagStagesMs({ eligibleMs, listedMs, times: boundaries });
        for (const [, ms] of stages) expect(ms).toBeGreaterThanOrEqual(0);
        const sum = stages.reduce((total, [, ms]) => total + ms, 0);
        expect(sum).toBe(Math.max(eligibleMs, listedMs, ...Object.values(boundaries)) - eligibleMs);
      }),
    );
  });

  it('count from the moment when the object could be read', () => {
    expect(lagStagesMs(completedEvent({ eligibleMs: 4000, listedMs: 4900 }).completed)).toEqual([
      ['discovery', 900],
      ['waiting', 100],
      ['reading', 10],
      ['batching', 1],
      ['queueing', 1],
      ['delivery', 48],
    ]);
  });
});

describe('what is recorded of an event', () => {
  it('is the duration of every POST, by endpoint, however it ended', () => {
    for (const event of [postedEvent(), retriedEvent(), refusedEvent()])
      expect(observationsOf({ ...event, endpoint: 'http://b', durationMs: 250 })).toEqual([
        { name: 'http_request_duration_seconds', value: 0.25, labels: { endpoint: 'http://b' } },
      ]);
  });

  it('is latency and lag of a complete object, in seconds', () => {
    const observations = observationsOf(completedEvent());
    expect(observations).toContainEqual({ name: 's3_processing_latency_seconds', value: 0.06, labels: {} });
    expect(observations).toContainEqual({ name: 'delivery_lag_seconds', value: 1.06, labels: {} });
    expect(observations.filter(({ name }) => name === 'delivery_lag_stage_seconds')).toHaveLength(6);
  });

  it('is no lag of an object that an operator asked for', () => {
    expect(observationsOf(completedEvent({ isWanted: true })).map(({ name }) => name)).toEqual([
      's3_processing_latency_seconds',
    ]);
  });
});
