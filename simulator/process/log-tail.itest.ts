import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogTail } from './log-tail.ts';

describe('LogTail', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3es-log-tail-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('returns every line once, in order, wherever the writer pauses', () => {
    const path = join(folder, 'log');
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ' '))),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        (lines, cuts) => {
          writeFileSync(path, '');
          const tail = new LogTail(path);
          const seen: string[] = [];
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          for (let offset = 0; offset < bytes.length;) {
            const end = offset + (cuts.next().value ?? 1);
            appendFileSync(path, bytes.subarray(offset, end));
            seen.push(...tail.readNew());
            offset = end;
          }
          expect(seen).toEqual(lines);
        },
      ),
      { numRuns: 50 },
    );
  });
});
