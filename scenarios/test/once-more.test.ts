import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reasonToRepeat } from './once-more.ts';

const kept = { kind: 'integrity', ok: true, actual: 0 };
const lost = { kind: 'integrity', ok: false, actual: 3 };
const slow = { kind: 'performance', ok: false, actual: 700 };

describe('reasonToRepeat', () => {
  let out = '';
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 's3es-once-more-'));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  function write(verdict: string, ...checks: readonly object[]): void {
    mkdirSync(join(out, 'run'));
    const result = { verdict, verdictReasons: ['lag, average: 700 ms, required ≤ 493 ms.'], checks };
    writeFileSync(join(out, 'run', 'result.json'), JSON.stringify(result));
  }

  it('is that only figures failed, or that the run proves nothing', () => {
    write('fail', kept, slow);
    expect(reasonToRepeat(out, 1)).toMatch(/^nothing is lost, but its timing failed: lag, average: 700 ms/);
  });

  it('is never there when a line was lost, whatever else failed', () => {
    write('fail', lost, slow);
    expect(reasonToRepeat(out, 1)).toBeNull();
  });

  it('is that the harness broke before there was a result', () => {
    expect(reasonToRepeat(out, 3)).toBe('it broke before there was a result.');
  });

  it('is never there when there is no result because the streamer failed', () => {
    expect(reasonToRepeat(out, 1)).toBeNull();
  });
});
