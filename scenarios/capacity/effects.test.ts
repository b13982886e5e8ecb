import { describe, expect, it } from 'vitest';
import { mainEffects, recommend, type Response } from './effects.ts';
import type { Lever } from './sweep-design.ts';

const levers: readonly Lever[] = [
  { key: 'http.workers', values: [10, 20] },
  { key: 'endpoints', values: [1, 2, 4] },
];

const responses: readonly Response[] = [
  { configuration: [10, 1], rawMBps: [100, 104] },
  { configuration: [20, 1], rawMBps: [99, 103] },
  { configuration: [10, 2], rawMBps: [200, 204] },
  { configuration: [10, 4], rawMBps: [201, 205] },
];

describe('mainEffects', () => {
  it('tells of each value what it did, over the first one', () => {
    const [workers, endpoints] = mainEffects(levers, responses);
    expect(workers?.levels.map(({ overStart }) => overStart)).toEqual([1, 101 / 200.5]);
    expect(endpoints?.levels.map(({ value, measurements }) => [value, measurements])).toEqual([
      ['1', 4],
      ['2', 2],
      ['4', 2],
    ]);
    expect(endpoints?.levels[1]?.overStart).toBeCloseTo(2, 1);
  });

  it('says nothing of a value that was not measured', () => {
    const [, endpoints] = mainEffects(levers, responses.slice(0, 1));
    expect(endpoints?.levels[2]).toMatchObject({ measurements: 0, rawMBps: null, overStart: null });
  });
});

describe('recommend', () => {
  it('takes the one that asks for least among those that noise cannot tell apart', () => {
    expect(recommend(levers, responses)).toMatchObject({
      settings: { 'http.workers': 10, endpoints: 2 },
      rawMBps: 202,
      bestRawMBps: 203,
      alike: 2,
    });
  });

  it('recommends nothing when nothing was measured', () => {
    expect(recommend(levers, [{ configuration: [10, 1], rawMBps: [] }])).toBeNull();
  });
});
