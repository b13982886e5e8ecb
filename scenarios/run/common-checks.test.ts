import { describe, expect, it } from 'vitest';
import { allScenarios } from '../catalog.ts';
import { slipUnder } from '../checks.ts';
import { backlogPart, constantPart, loadOf } from '../define-scenario.ts';
import { commonChecks } from './common-checks.ts';

const slip = 'load.scheduleSlipMs.max';
const utilization = 'resources.sink.eventLoopUtilization';
const complete = 'delivery.incompleteObjects';
const backlog = loadOf('max', [backlogPart('backlog', 3)]);
const live = loadOf('1x', [backlogPart('backlog', 3), constantPart('live', 1, 10)]);

describe('commonChecks', () => {
  it('voids a run whose generator slipped, where any part has a schedule, and one whose sink was saturated', () => {
    const pathsOf = (load: typeof live): readonly string[] =>
      commonChecks({ load, expect: [] }).map(({ path }) => path);
    expect(pathsOf(live)).toEqual([complete, slip, utilization]);
    expect(pathsOf(backlog)).toEqual([complete, utilization]);
  });

  it("gives way to the scenario's own limit", () => {
    const own = slipUnder(5, 'Nothing here hangs on it.');
    expect(commonChecks({ load: live, expect: [own] }).map(({ path }) => path)).toEqual([complete, utilization]);
  });

  it.each(allScenarios({ seed: 1, durationS: null, isFull: false }))(
    '$name has another limit only with its reason',
    ({ expect: checks }) => {
      const own = checks.filter(({ path }) => path === slip || path === utilization);
      expect(own.filter(({ kind, note = '' }) => kind !== 'validity' || note === '')).toEqual([]);
    },
  );
});
