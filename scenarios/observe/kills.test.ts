import { describe, expect, it } from 'vitest';
import { killHitSomething } from '../checks.ts';
import { faultOver } from '../run/fault-record.ts';
import { linesHitBy, linesInFlightAtKills } from './kills.ts';
import { observedPath } from './observation.ts';

describe('linesHitBy', () => {
  it('counts what was in flight when a streamer fell silent, and nothing that other faults left in doubt', () => {
    const at = { label: 'a fault', fromMs: 0, strikes: 1 };
    const deadSink = faultOver({ ...at, duplicateBound: 4_000 });
    const victim = { name: 'streamer', inHand: [] };
    expect(linesHitBy([deadSink, faultOver({ ...at, victim })])).toBe(0);
    expect(linesHitBy([deadSink, faultOver({ ...at, victim, duplicateBound: 12 })])).toBe(12);
  });

  it('is what the check on kills is about', () => {
    expect(killHitSomething.path).toBe(observedPath(linesInFlightAtKills.id));
  });
});
