import { describe, expect, it } from 'vitest';
import { countArgument, durationArgument, momentArgument } from './arguments.ts';

describe('arguments', () => {
  it('a wrong one says what to type instead', () => {
    expect(() => momentArgument('tomorrow')).toThrow(/Use 2025-10-12T21:41:32Z/);
    expect(() => durationArgument('15')).toThrow(/such as 15m/);
    expect(() => countArgument('-1')).toThrow(/no whole number/);
    expect(() => countArgument('1e3')).toThrow(/no whole number/);
  });

  it('a right one is read', () => {
    expect([momentArgument('1760305292'), durationArgument('1h30m'), countArgument('20')]).toEqual([
      1_760_305_292_000, 5_400_000, 20,
    ]);
  });
});
