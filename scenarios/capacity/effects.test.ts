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
    expect(workers?.levels.map(({ overStart }) => overStart)).toEqual([1, 101 / 102]);
    expect(endpoints?.levels.map(({ overStart }) => overStart)).toEqual([1, 202 / 102, 203 / 102]);
    expect(endpoints?.levels.map(({ value, measurements }) => [value, measurements])).toEqual([
      ['1', 2],
      ['2', 2],
      ['4', 2],
    ]);
  });

  it('does not take for a lever what another one did', () => {
    const compressed: readonly Lever[] = [
      { key: 'http.workers', values: [10, 20] },
      { key: 'http.compression', values: ['none', 'gzip'] },
    ];
    const [workers, compression] = mainEffects(compressed, [
      { configuration: [10, 'none'], rawMBps: [290] },
      { configuration: [20, 'none'], rawMBps: [290] },
      { configuration: [10, 'gzip'], rawMBps: [115] },
    ]);
    expect(workers?.levels[1]).toMatchObject({ rawMBps: 290, overStart: 1, comparison: 'twins' });
    expect(workers?.levels[0]).toMatchObject({ rawMBps: 290, measurements: 1 });
    expect(compression?.levels[1]?.overStart).toBeCloseTo(115 / 290);
  });

  it('counts of a grid that the budget cut off only what has its twin', () => {
    const [workers] = mainEffects(levers, [
      { configuration: [10, 1], rawMBps: [100] },
      { configuration: [10, 2], rawMBps: [200] },
      { configuration: [10, 4], rawMBps: [400] },
      { configuration: [20, 1], rawMBps: [] },
      { configuration: [20, 2], rawMBps: [220] },
      { configuration: [20, 4], rawMBps: [480] },
    ]);
    expect(workers?.levels[0]?.measurements).toBe(2);
    expect(workers?.levels[1]?.overStart).toBeCloseTo(1.15);
  });

  it('compares groups where a sample has no twins, and says so', () => {
    const [workers] = mainEffects(levers, [
      { configuration: [10, 1], rawMBps: [100] },
      { configuration: [20, 2], rawMBps: [150] },
      { configuration: [20, 4], rawMBps: [250] },
    ]);
    expect(workers?.levels[1]).toMatchObject({ rawMBps: 200, overStart: 2, comparison: 'groups' });
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
