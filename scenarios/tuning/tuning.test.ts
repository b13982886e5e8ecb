import { describe, expect, it } from 'vitest';
import { sampleTuning } from '#reports';
import { exitCodeOf } from './tuning.ts';

describe('exitCodeOf', () => {
  it('is 0 when every row could be judged, however it came out', () => {
    expect(exitCodeOf(sampleTuning({ judgements: ['confirmed', 'not confirmed'] }))).toBe(0);
  });

  it('is 3 when a row could not be judged, or there was none', () => {
    expect(exitCodeOf(sampleTuning({ judgements: ['confirmed', 'could not tell'] }))).toBe(3);
    expect(exitCodeOf(sampleTuning({ judgements: [] }))).toBe(3);
  });

  it('is 1 when an arm lost lines, whatever was judged', () => {
    expect(exitCodeOf(sampleTuning({ judgements: ['could not tell'], isBroken: true }))).toBe(1);
  });

  it('is 1 when something is confirmed though no lever was pulled', () => {
    expect(exitCodeOf(sampleTuning({ judgements: ['confirmed'], isPlacebo: true }))).toBe(1);
    expect(exitCodeOf(sampleTuning({ judgements: ['not confirmed'], isPlacebo: true }))).toBe(0);
  });
});
