import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLine, slopeUpperBound, studentQuantile } from './line-fit.ts';

describe('fitLine', () => {
  it('finds the line that points lie on, without any doubt', () => {
    const fit = fitLine([0, 1, 2, 3, 7].map((x) => ({ x, y: 2.5 * x - 4 })));
    expect(fit.slope).toBeCloseTo(2.5);
    expect(fit.intercept).toBeCloseTo(-4);
    expect(slopeUpperBound(fit, 0.9)).toBeCloseTo(2.5);
  });

  it('is sure of nothing that two points say', () => {
    expect(
      slopeUpperBound(
        fitLine([
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ]),
        0.9,
      ),
    ).toBe(Infinity);
  });

  it('gives an upper bound that the true slope exceeds about once in twenty times', () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    let exceeded = 0;
    for (let round = 0; round < 4000; round += 1) {
      const points = Array.from({ length: 8 }, (_, x) => ({ x, y: 0.3 * x + normal() }));
      if (slopeUpperBound(fitLine(points), 0.9) < 0.3) exceeded += 1;
    }
    expect(exceeded / 4000).toBeGreaterThan(0.04);
    expect(exceeded / 4000).toBeLessThan(0.06);
  });
});

describe('studentQuantile', () => {
  it.each([
    [0.95, 5, 2.015],
    [0.95, 10, 1.812],
    [0.95, 30, 1.697],
    [0.975, 6, 2.447],
    [0.975, 60, 2],
  ])('of %d with %d degrees of freedom is that of the tables', (probability, freedom, exact) => {
    expect(Math.abs(studentQuantile(probability, freedom) / exact - 1)).toBeLessThan(0.01);
  });

  it('is wider the fewer points there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 100 }), (freedom) => {
        expect(studentQuantile(0.95, freedom)).toBeGreaterThan(studentQuantile(0.95, freedom + 1));
      }),
    );
  });
});
