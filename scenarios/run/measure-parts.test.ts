import { describe, expect, it } from 'vitest';
import { agentsWithin } from './measure-parts.ts';

const counters = { posts: 0, storedPosts: 0, bytes: 0, lines: 0 };

describe('agentsWithin', () => {
  const before = [
    { ...counters, url: 'http://a', posts: 10, storedPosts: 10, bytes: 1_000 },
    { ...counters, url: 'http://b', posts: 10, storedPosts: 10, bytes: 1_000 },
  ];
  const after = [
    { ...counters, url: 'http://a', posts: 40, storedPosts: 40, bytes: 4_000, lines: 30 },
    // It refused all that came to it after the fourth second.
    { ...counters, url: 'http://b', posts: 90, storedPosts: 20, bytes: 2_000, lines: 10 },
  ];
  const seconds = [
    { tMs: 3_000, posts: 20, bytes: 2_000, lines: 20, agentBytes: [1_000, 1_000] },
    { tMs: 19_000, posts: 20, bytes: 2_000, lines: 20, agentBytes: [2_000, 0] },
  ];

  it('counts the batches that an agent took, and not the POSTs that it refused', () => {
    const agents = agentsWithin({ before, after, seconds, recentFromMs: 15_500 });
    expect(agents.map(({ posts, rawBytes }) => [posts, rawBytes])).toEqual([
      [30, 3_000],
      [10, 1_000],
    ]);
  });

  it('holds for active whoever took a batch in the recent time, not whoever only answered', () => {
    const activeSince = (recentFromMs: number) =>
      agentsWithin({ before, after, seconds, recentFromMs }).map(({ active }) => active);
    expect(activeSince(15_500)).toEqual([true, false]);
    expect(activeSince(3_500)).toEqual([true, true]);
  });
});
