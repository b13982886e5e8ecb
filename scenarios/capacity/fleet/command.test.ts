import { describe, expect, it } from 'vitest';
import type { FleetCheck } from '#reports';
import { fleetExitCode } from './command.ts';

const check: FleetCheck = {
  what: '8 instances',
  unit: 'MB/s',
  predicted: 61,
  low: null,
  high: null,
  measured: [62],
  error: -0.02,
  isCalibratedOn: false,
};
const whole = { checks: [check], errorMax: 0.15, askedS: 600, simulatedS: 600 };

describe('how `capacity fleet` ends', () => {
  it('is by what the checks say, also where it was stopped later on', () => {
    expect(fleetExitCode(whole)).toBe(0);
    expect(fleetExitCode({ ...whole, simulatedS: 90 })).toBe(0);
    expect(fleetExitCode({ ...whole, checks: [check, { ...check, error: 0.2 }] })).toBe(1);
  });

  it('is with 3 where nothing was checked, or nothing but the start was simulated', () => {
    expect(fleetExitCode({ ...whole, checks: [] })).toBe(3);
    expect(fleetExitCode({ ...whole, simulatedS: 0 })).toBe(3);
    expect(fleetExitCode({ ...whole, simulatedS: 60 })).toBe(3);
    expect(fleetExitCode({ ...whole, askedS: 30, simulatedS: 16 })).toBe(0);
  });
});
