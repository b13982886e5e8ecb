import { describe, expect, it } from 'vitest';
import { HarnessError } from '#simulator';
import { defineScenario, loadOf } from '../define-scenario.ts';
import { planTime, windowStartOf } from './run-time.ts';

const about = { name: 'some', why: 'Why.', proves: 'What.', takesS: 1, load: loadOf('1x', []), expect: [] };
const nowMs = Date.parse('2026-11-25T12:00:00.300Z');

describe('the time of a run', () => {
  it("is the machine's, where nothing else is asked for", () => {
    const time = planTime(defineScenario(about), nowMs);
    expect(time).toEqual({ aheadMs: 0, windowStartMs: null });
    expect(windowStartOf(time, 1_500, nowMs)).toBe(Date.parse('2026-11-25T12:00:02Z'));
  });

  it('is such that the moment comes so long after the load begins', () => {
    const moment = { at: '2027-01-01T00:00:00Z', afterS: 20 };
    const time = planTime(defineScenario({ ...about, clocks: { aheadS: [], moment } }), nowMs);
    const startMs = windowStartOf(time, 1_500, nowMs);
    expect(startMs + 20_000 + time.aheadMs).toBe(Date.parse(moment.at));
    expect(startMs % 1000).toBe(0);
  });

  it('is missed, and the run worth nothing, when the streamers take too long to start', () => {
    const moment = { at: '2027-01-01T00:00:00Z', afterS: 20 };
    const time = planTime(defineScenario({ ...about, clocks: { aheadS: [], moment } }), nowMs);
    expect(() => windowStartOf(time, 1_500, nowMs + 60_000)).toThrow(HarnessError);
  });
});
