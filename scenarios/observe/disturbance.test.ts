import { describe, expect, it } from 'vitest';
import { disturbanceChecks } from './disturbance.ts';

const pathsWith = (cpuStealShare: number | null): readonly string[] =>
  disturbanceChecks({ cpuStealShare, clockJumpMsMax: 0 }).map(({ path }) => path);

describe('disturbanceChecks', () => {
  it('void a run for stolen CPU time and for a clock that was set', () => {
    expect(pathsWith(0.02)).toEqual(['observed.cpuStealShare', 'observed.clockJumpMsMax']);
  });

  it('do not judge stolen CPU time where the system does not tell of it: it is no 0', () => {
    expect(pathsWith(null)).toEqual(['observed.clockJumpMsMax']);
  });
});
