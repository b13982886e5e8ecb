import { describe, expect, it } from 'vitest';
import { type AuditedObject, verdictOf } from './audit.ts';

const MOMENTS = { nowMs: 1_000, knownSinceMs: 100 };

function verdict(object: Partial<AuditedObject>): string {
  return verdictOf(
    { record: { kind: 'unknown' }, isQuarantined: false, lastModifiedMs: 500, notBeforeMs: 500, ...object },
    MOMENTS,
  );
}

describe('verdictOf', () => {
  it('what state knows to be settled is complete, however old, unless something of it is in quarantine', () => {
    expect(verdict({ record: { kind: 'complete' } })).toBe('complete');
    expect(verdict({ record: { kind: 'complete' }, lastModifiedMs: 1 })).toBe('complete');
    expect(verdict({ record: { kind: 'complete' }, isQuarantined: true })).toBe('quarantined');
  });

  it('what is settled in part is partial, also with lines in quarantine: the rest is not delivered', () => {
    const record = { kind: 'partial', settled: [{ start: 0, end: 10 }] } as const;
    expect(verdict({ record })).toBe('partial');
    expect(verdict({ record, isQuarantined: true })).toBe('partial');
  });

  it('what state does not know is missing, once it could have been read', () => {
    expect(verdict({})).toBe('missing');
    expect(verdict({ notBeforeMs: 1_000 })).toBe('missing');
    expect(verdict({ notBeforeMs: 1_001 })).toBe('waiting');
  });

  it('claims nothing about what state may have forgotten', () => {
    expect(verdict({ lastModifiedMs: 99 })).toBe('unknown');
    expect(verdict({ lastModifiedMs: 100 })).toBe('missing');
    expect(verdict({ lastModifiedMs: 99, isQuarantined: true })).toBe('quarantined');
  });
});
