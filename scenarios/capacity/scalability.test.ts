import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLaw, predict, predictBand, type ScalabilityLaw } from './scalability.ts';

const lawArbitrary = fc.record({
  lambda: fc.double({ min: 1, max: 1000, noNaN: true }),
  sigma: fc.double({ min: 0, max: 0.5, noNaN: true }),
  kappa: fc.double({ min: 0, max: 0.05, noNaN: true }),
});

function pointsOf(law: ScalabilityLaw, sizes: readonly number[]): { instances: number; rawMBps: number }[] {
  return sizes.map((instances) => ({ instances, rawMBps: predict(law, instances) }));
}

describe('fitLaw', () => {
  it('finds the law that the points follow', () => {
    fc.assert(
      fc.property(lawArbitrary, (law) => {
        const fitted = fitLaw(pointsOf(law, [1, 2, 4, 8]));
        expect(fitted.lambda / law.lambda).toBeCloseTo(1, 6);
        expect(fitted.sigma).toBeCloseTo(law.sigma, 6);
        expect(fitted.kappa).toBeCloseTo(law.kappa, 6);
      }),
    );
  });

  it('never lets instances help each other, however the noise falls', () => {
    const sizes = fc.constantFrom(1, 2, 4, 8);
    const point = fc.record({ instances: sizes, rawMBps: fc.double({ min: 1, max: 1000, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 12 }), (points) => {
        const { lambda, sigma, kappa } = fitLaw(points);
        expect(lambda).toBeGreaterThan(0);
        expect(sigma).toBeGreaterThanOrEqual(0);
        expect(kappa).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('takes growth as proportional where fewer than three sizes were measured', () => {
    expect(
      fitLaw([
        { instances: 1, rawMBps: 100 },
        { instances: 2, rawMBps: 150 },
      ]),
    ).toMatchObject({ sigma: 0, kappa: 0 });
  });
});

describe('predictBand', () => {
  it('holds the prediction, and is wide where the points disagree', () => {
    const law = { lambda: 100, sigma: 0.05, kappa: 0.001 };
    const noisy = [0.9, 1, 1.1].flatMap((factor) =>
      pointsOf(law, [1, 2, 4]).map(({ instances, rawMBps }) => ({ instances, rawMBps: rawMBps * factor })),
    );
    const random = seeded();
    const { middle, range } = predictBand(noisy, 8, random);
    expect(range!.low).toBeLessThan(middle);
    expect(range!.high).toBeGreaterThan(middle);
    const exact = predictBand(pointsOf(law, [1, 1, 2, 2, 4, 4]), 8, random).range;
    expect(exact!.high - exact!.low).toBeLessThan(1e-6);
  });

  it('says nothing of how sure it is where a size was measured once', () => {
    const law = { lambda: 100, sigma: 0.05, kappa: 0.001 };
    expect(predictBand(pointsOf(law, [1, 2, 4]), 8, seeded())).toEqual({
      middle: expect.closeTo(predict(law, 8)),
      range: null,
    });
    expect(predictBand(pointsOf(law, [1, 1, 2, 2, 4]), 8, seeded()).range).toBeNull();
  });
});

function seeded(): () => number {
  let seed = 7;
  return () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
}
