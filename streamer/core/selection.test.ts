import { describe, expect, it } from 'vitest';
import type { ObjectRef } from '../ports.ts';
import { compileFormats } from './format.ts';
import { Selection } from './selection.ts';

const DELAY_MS = 60_000;
const LISTED_MS = 1_760_305_500_000;

const selection = new Selection({
  source: 3,
  prefix: 'web/',
  formatChoice: 'zscaler',
  delayWindowMs: DELAY_MS,
  formats: compileFormats([
    {
      name: 'zscaler',
      filenamePattern: '*_*_*_*',
      timestampRegex: String.raw`^(\d+)_`,
      timestampFormat: 'unix',
      isTimestampRequired: true,
      contentType: 'application/x-ndjson',
      recordRule: { dropsArrayPunctuation: true, headerLines: 0 },
      origin: 'built-in',
    },
  ]),
});

function object(key: string, lastModifiedMs = 1_760_305_400_000, sizeBytes = 100): ObjectRef {
  return { bucket: 'logs', key: `web/${key}`, etag: 'e', sizeBytes, lastModifiedMs };
}

function reasonFor(one: ObjectRef, bounds = { startFromMs: 0, sinceMs: 0 }): string {
  const selected = selection.select(one, bounds, LISTED_MS);
  return selected.kind === 'task' ? 'read' : selected.reason;
}

describe('Selection', () => {
  it('reads what is ours, in the window and named as the format wants it; everything else has a reason', () => {
    const name = 'day=9/1760305292_56442_130_1.gz';
    expect(reasonFor(object(name))).toBe('read');
    expect(reasonFor(object('day=9/', undefined, 0))).toBe('folder-marker');
    expect(reasonFor(object('notes.txt'))).toBe('name-mismatch');
    expect(reasonFor(object(name, 100), { startFromMs: 101, sinceMs: 0 })).toBe('before-start');
    expect(reasonFor(object(name, 100), { startFromMs: 100, sinceMs: 101 })).toBe('older-than-lookback');
    expect(reasonFor(object(name, 100), { startFromMs: 100, sinceMs: 100 })).toBe('read');
  });

  it('by its name alone takes an object of any age', () => {
    expect(selection.selectByName(object('1760305292_5_6_1.gz', 0), LISTED_MS).kind).toBe('task');
    expect(selection.selectByName(object('notes.txt', 0), LISTED_MS)).toEqual({
      kind: 'skipped',
      reason: 'name-mismatch',
    });
  });

  it('waits for the delay window after the time in the name, or after LastModified where that is earlier', () => {
    const early = selection.select(object('1760305292_5_6_1.gz'), { startFromMs: 0, sinceMs: 0 }, LISTED_MS);
    expect(early).toMatchObject({
      kind: 'task',
      task: {
        source: 3,
        fileTimestampMs: 1_760_305_292_000,
        eligibleMs: 1_760_305_400_000,
        notBeforeMs: 1_760_305_292_000 + DELAY_MS,
      },
    });
    // A name from the next year must not keep the object waiting for a year.
    const future = selection.select(object('1791841292_5_6_1.gz'), { startFromMs: 0, sinceMs: 0 }, LISTED_MS);
    expect(future).toMatchObject({
      task: { fileTimestampMs: 1_760_305_401_000, notBeforeMs: 1_760_305_401_000 + DELAY_MS },
    });
  });
});
