import { describe, expect, it } from 'vitest';
import { reasonToRepeat } from './once-more.ts';
import type { RunResult } from './run-result.ts';

const kept = { kind: 'integrity', ok: true, actual: 0 };
const lost = { kind: 'integrity', ok: false, actual: 3 };
const slow = { kind: 'performance', ok: false, actual: 700 };
const embedded = { s3: { kind: 'embedded', version: '1' }, redis: { kind: 'none', version: null } };

function failed(...checks: RunResult['checks']): RunResult {
  const verdictReasons = ['lag, average: 700 ms, required ≤ 493 ms.'];
  return { verdict: 'fail', verdictReasons, checks, environment: embedded };
}

describe('reasonToRepeat', () => {
  it('is that only figures failed, or that the run proves nothing', () => {
    expect(reasonToRepeat(failed(kept, slow), 1)).toMatch(
      /^nothing is lost, but its timing failed: lag, average: 700 ms/,
    );
  });

  it('is never there when a line was lost, whatever else failed', () => {
    expect(reasonToRepeat(failed(lost, slow), 1)).toBeNull();
  });

  it('is that the harness broke before there was a result', () => {
    expect(reasonToRepeat(null, 3)).toBe('it broke before there was a result.');
  });

  it('is never there when there is no result because the streamer failed', () => {
    expect(reasonToRepeat(null, 1)).toBeNull();
  });
});
