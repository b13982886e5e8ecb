import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRunResult } from './run-result.ts';

describe('readRunResult', () => {
  let out = '';
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 's3es-run-result-'));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  it('reads of a result what a verdict and its parts are', () => {
    const said = {
      verdict: 'fail',
      verdictReasons: ['lost lines: 3 lines, required 0 lines.'],
      checks: [{ kind: 'integrity', ok: false, actual: 3 }],
      environment: { s3: { kind: 'minio', version: 'v1' }, redis: { kind: 'none', version: null } },
    };
    mkdirSync(join(out, 'run'));
    writeFileSync(join(out, 'run', 'result.json'), JSON.stringify({ ...said, seed: 1 }));
    expect(readRunResult(out)).toEqual(said);
  });

  it('is null where there is no folder of a run, or no result in it', () => {
    expect(readRunResult(join(out, 'absent'))).toBeNull();
    expect(readRunResult(out)).toBeNull();
    mkdirSync(join(out, 'run'));
    expect(readRunResult(out)).toBeNull();
  });
});
