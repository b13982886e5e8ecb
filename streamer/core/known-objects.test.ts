import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownObjects } from './known-objects.ts';

const KEEP_MS = 100;

type Step =
  | { readonly kind: 'add' | 'forget'; readonly identity: string; readonly lastModifiedMs: number }
  | { readonly kind: 'markDone'; readonly identity: string }
  | { readonly kind: 'pass'; readonly ms: number };

const identity = fc.constantFrom('a', 'b', 'c', 'd');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), identity, lastModifiedMs: fc.nat(50) }),
  fc.record({ kind: fc.constant('forget' as const), identity, lastModifiedMs: fc.constant(0) }),
  fc.record({ kind: fc.constant('markDone' as const), identity }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(80) }),
);

describe('KnownObjects', () => {
  it('knows what is under way, and what was done until keepMs have passed since', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const known = new KnownObjects({ keepMs: KEEP_MS });
        const model = new Map<string, { lastModifiedMs: number; doneMs: number | null }>();
        let nowMs = 1000;
        for (const one of steps) {
          switch (one.kind) {
            case 'add':
              known.add(one.identity, { lastModifiedMs: one.lastModifiedMs, eligibleMs: 0, sizeBytes: 1 });
              if (!model.has(one.identity))
                model.set(one.identity, { lastModifiedMs: one.lastModifiedMs, doneMs: null });
              break;
            case 'forget':
              known.forget(one.identity);
              model.delete(one.identity);
              break;
            case 'markDone': {
              known.markDone(one.identity, nowMs);
              const entry = model.get(one.identity);
              if (entry !== undefined) entry.doneMs ??= nowMs;
              break;
            }
            case 'pass':
              nowMs += one.ms;
              known.expire(nowMs);
              for (const [key, { doneMs }] of model) if (doneMs !== null && nowMs > doneMs + KEEP_MS) model.delete(key);
          }
          const underWay = [...model.values()].filter(({ doneMs }) => doneMs === null);
          for (const key of ['a', 'b', 'c', 'd']) expect(known.has(key)).toBe(model.has(key));
          expect(known.underWayCount).toBe(underWay.length);
          expect(known.oldestUnderWayMs()).toBe(
            underWay.length === 0 ? null : Math.min(...underWay.map(({ lastModifiedMs }) => lastModifiedMs)),
          );
        }
      }),
    );
  });

  it('keeps what is under way for as long as that takes', () => {
    const known = new KnownObjects({ keepMs: KEEP_MS });
    known.add('slow', { lastModifiedMs: 0, eligibleMs: 0, sizeBytes: 1 });
    known.expire(1e12);
    expect(known.has('slow')).toBe(true);
  });

  it('counts as backlog what may be read and is not done', () => {
    const known = new KnownObjects({ keepMs: KEEP_MS });
    known.add('oldest', { lastModifiedMs: 0, eligibleMs: 1000, sizeBytes: 10 });
    known.add('old', { lastModifiedMs: Infinity, eligibleMs: 4000, sizeBytes: 200 });
    known.add('not yet', { lastModifiedMs: 0, eligibleMs: 5001, sizeBytes: 3000 });
    expect(known.backlogAt(5000)).toEqual({ objects: 2, bytes: 210, oldestAgeMs: 4000 });
    known.markDone('oldest', 5000);
    expect(known.backlogAt(5000)).toEqual({ objects: 1, bytes: 200, oldestAgeMs: 1000 });
    known.forget('old');
    expect(known.backlogAt(5000)).toEqual({ objects: 0, bytes: 0, oldestAgeMs: 0 });
    expect(known.backlogAt(6000)).toEqual({ objects: 1, bytes: 3000, oldestAgeMs: 999 });
  });

  it('tells everybody who watches an object once how its way ended, at once if it has', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(step, fc.record({ kind: fc.constant('watch' as const), identity })), { maxLength: 40 }),
        (steps) => {
          const known = new KnownObjects({ keepMs: KEEP_MS });
          const watchers: { readonly identity: string; readonly told: string[]; expected: string | null }[] = [];
          let nowMs = 1000;
          for (const one of steps) {
            const end = one.kind === 'forget' ? 'forgotten' : one.kind === 'markDone' ? 'done' : null;
            switch (one.kind) {
              case 'watch': {
                const isUnderWay = known.isUnderWay(one.identity);
                const expected = isUnderWay ? null : known.has(one.identity) ? 'done' : 'forgotten';
                const watcher = { identity: one.identity, told: [] as string[], expected };
                known.watch(one.identity, (told) => watcher.told.push(told));
                watchers.push(watcher);
                break;
              }
              case 'add':
                known.add(one.identity, { lastModifiedMs: one.lastModifiedMs, eligibleMs: 0, sizeBytes: 1 });
                break;
              case 'forget':
                known.forget(one.identity);
                break;
              case 'markDone':
                known.markDone(one.identity, nowMs);
                break;
              case 'pass':
                nowMs += one.ms;
                known.expire(nowMs);
            }
            for (const watcher of watchers) {
              if (end !== null && 'identity' in one && one.identity === watcher.identity) watcher.expected ??= end;
              expect(watcher.told).toEqual(watcher.expected === null ? [] : [watcher.expected]);
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
