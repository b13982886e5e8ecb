import { describe, expect, it } from 'vitest';
import { requestCostPerTB } from './request-cost.ts';

describe('requestCostPerTB', () => {
  it('is the sum of what LIST and GET cost', () => {
    // 100 objects in a GB: 100,000 GET in a TB, $0.0004 for 1,000 of them. 20 LIST in a GB: 20,000, $0.005 for 1,000.
    const { listUsd, getUsd, totalUsd } = requestCostPerTB({ list: 20, get: 100 });
    expect(listUsd).toBeCloseTo(0.1);
    expect(getUsd).toBeCloseTo(0.04);
    expect(totalUsd).toBeCloseTo(0.14);
  });

  it('is unknown where one of them is', () => {
    expect(requestCostPerTB({ list: null, get: 100 })).toEqual({ listUsd: null, getUsd: 0.04, totalUsd: null });
  });
});
