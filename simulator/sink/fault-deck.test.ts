import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRandom } from '../random.ts';
import { FaultDeck } from './fault-deck.ts';
import { type FaultInput, FaultSchema } from './faults.ts';

function deckOf(faults: readonly FaultInput[], seed: number = 1, onChange: () => void = () => {}): FaultDeck {
  const deck = new FaultDeck(createRandom(seed), onChange);
  for (const fault of faults) deck.add(FaultSchema.parse(fault));
  return deck;
}

function endings(deck: FaultDeck, requests: number): readonly string[] {
  return Array.from({ length: requests }, () => deck.treat(0).ending.kind);
}

describe('FaultDeck', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('treats every request as usual without faults', () => {
    expect(deckOf([]).treat(0)).toEqual({ delayMs: 0, ending: { kind: 'usual' } });
  });

  it('strikes the same requests for the same seed, whatever other faults there are', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (seed, rate) => {
        const fault: FaultInput = { kind: 'status', status: 503, rate };
        const alone = endings(deckOf([fault], seed), 50);
        expect(endings(deckOf([fault], seed), 50)).toEqual(alone);
        const inCompany = endings(deckOf([fault, { kind: 'hang', rate: 0.5 }], seed), 50);
        expect(inCompany.map((kind) => kind === 'status')).toEqual(alone.map((kind) => kind === 'status'));
      }),
    );
  });

  it('adds latencies up, and lets the first of the others decide', () => {
    const delay = { shape: 'constant', ms: 10 } as const;
    const deck = deckOf([
      { kind: 'latency', delay },
      { kind: 'status', status: 429 },
      { kind: 'hang' },
      { kind: 'latency', delay },
    ]);
    expect(deck.treat(0)).toMatchObject({ delayMs: 20, ending: { kind: 'status', status: 429 } });
    expect(deck.list().active.map(({ hits }) => hits)).toEqual([1, 1, 0, 1]);
  });

  it('ends a fault after its count, and keeps how often it struck', () => {
    const deck = deckOf([{ kind: 'status', status: 503, count: 2 }]);
    expect(endings(deck, 3)).toEqual(['status', 'status', 'usual']);
    expect(deck.list()).toMatchObject({ active: [], ended: [{ id: 1, hits: 2 }] });
  });

  it('ends a fault after its time, and tells of every change', () => {
    const onChange = vi.fn<() => void>();
    const deck = deckOf([{ kind: 'pause', forMs: 100 }], 1, onChange);
    vi.advanceTimersByTime(99);
    expect(deck.find('pause', 0)).toMatchObject({ kind: 'pause' });
    vi.advanceTimersByTime(1);
    expect(deck.find('pause', 0)).toBeNull();
    expect(onChange).toHaveBeenCalledTimes(2);
  });

  it('leaves no timer behind when it is cleared', () => {
    const deck = deckOf([{ kind: 'pause', forMs: 100 }, { kind: 'hang' }]);
    deck.clear();
    expect(vi.getTimerCount()).toBe(0);
    expect(deck.list().active).toEqual([]);
    expect(deck.remove(1)).toBe(false);
  });

  it('keeps to the agent that a fault is for', () => {
    const deck = deckOf([
      { kind: 'refuse', agent: 1 },
      { kind: 'hang', agent: 2 },
    ]);
    expect(deck.find('refuse', 0)).toBeNull();
    expect(deck.find('refuse', 1)).not.toBeNull();
    expect([0, 1, 2].map((agent) => deck.treat(agent).ending.kind)).toEqual(['usual', 'usual', 'hang']);
  });

  it('counts the requests that came while a fault of the agent was active', () => {
    const deck = deckOf([{ kind: 'slow-read', bytesPerS: 10 }]);
    endings(deck, 3);
    expect(deck.list().active).toMatchObject([{ hits: 3 }]);
  });
});

describe('FaultSchema', () => {
  it('refuses what it does not know, so that a misspelt fault does not pass as none', () => {
    expect(FaultSchema.safeParse({ kind: 'status', status: 503, rat: 0.5 }).success).toBe(false);
    expect(FaultSchema.safeParse({ kind: 'statuses', status: 503 }).success).toBe(false);
    expect(FaultSchema.safeParse({ kind: 'status', status: 503, rate: 2 }).success).toBe(false);
  });
});
