/** Reports on disk: read back, rendered again, and refused with a reason where they cannot be. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleResult } from '#reports';
import { HarnessError } from '#simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readResult } from './read-result.ts';
import { rerender } from './rerender.ts';

const sample = sampleResult();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3es-rerender-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('rerender', () => {
  it('writes every report beside a result.json that it leaves as it is', () => {
    const written = JSON.stringify(sample);
    writeFileSync(join(folder, 'result.json'), written);
    const names = rerender(folder).map((file) => file.slice(folder.length + 1));
    expect(names.toSorted()).toEqual([
      'benchmark-bigger-is-better.json',
      'benchmark-smaller-is-better.json',
      'junit.xml',
      'report.html',
      'report.md',
    ]);
    expect(readFileSync(join(folder, 'result.json'), 'utf8')).toBe(written);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain(sample.replay);
  });
});

describe('readResult', () => {
  it('takes the file as well as its folder', () => {
    writeFileSync(join(folder, 'result.json'), JSON.stringify(sample));
    expect(readResult(join(folder, 'result.json')).result).toEqual(readResult(folder).result);
  });

  it('says how to name a run where there is none', () => {
    expect(() => readResult(join(folder, 'absent'))).toThrow(/Name the folder of a run: ls reports\/out/);
  });

  it('names the field that does not follow the model', () => {
    writeFileSync(join(folder, 'result.json'), JSON.stringify({ ...sample, seed: 'one' }));
    expect(() => readResult(folder)).toThrow(HarnessError);
    expect(() => readResult(folder)).toThrow(/seed/);
  });
});
