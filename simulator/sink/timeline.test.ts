import { describe, expect, it } from 'vitest';
import { Timeline } from './timeline.ts';

describe('Timeline', () => {
  it('adds up what was stored in each second, and for each agent', () => {
    const timeline = new Timeline(2);
    timeline.add(0, 100, 1, 5_000);
    timeline.add(1, 50, 2, 5_999.9);
    timeline.add(1, 7, 1, 8_000);
    expect(timeline.seconds()).toEqual([
      { tMs: 5_000, posts: 2, bytes: 150, lines: 3, agentBytes: [100, 50] },
      { tMs: 8_000, posts: 1, bytes: 7, lines: 1, agentBytes: [0, 7] },
    ]);
  });

  it('tells when nothing was stored, of whatever agent', () => {
    const timeline = new Timeline(2);
    for (const [agent, atMs] of [
      [0, 5_000],
      [1, 5_150],
      [0, 5_300],
      [1, 9_000],
      [1, 9_200],
    ] as const)
      timeline.add(agent, 1, 1, atMs);
    expect(timeline.pauses()).toEqual([
      { fromMs: 5_300, toMs: 9_000 },
      { fromMs: 9_000, toMs: 9_200 },
    ]);
  });

  it('keeps a day and forgets what is older', () => {
    const timeline = new Timeline(1);
    for (let second = 0; second < 86_402; second += 1) timeline.add(0, 1, 1, second * 1_000);
    expect(timeline.seconds()).toHaveLength(86_400);
    expect(timeline.seconds()[0]?.tMs).toBe(2_000);
  });
});
