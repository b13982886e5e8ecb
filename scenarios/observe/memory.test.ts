import { describe, expect, it } from 'vitest';
import { accountsWithin } from './memory.ts';

describe('accountsWithin', () => {
  it('counts what was told while the fault lasted, and nothing of before or after', () => {
    const accounts = [5_000, 15_000, 25_000].map((atMs) => ({ atMs, bytes: 1 }));
    expect(accountsWithin(accounts, { fromMs: 6_000, toMs: 26_000 })).toBe(2);
    expect(accountsWithin(accounts, { fromMs: 6_000, toMs: 11_000 })).toBe(0);
  });
});
