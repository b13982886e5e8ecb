import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderVerdicts, type ScenarioVerdict, SummaryFolder, worstOf } from './summary.ts';

function verdictOf(scenario: string, verdict: ScenarioVerdict['verdict'], ...reasons: string[]): ScenarioVerdict {
  const replay = `npm run scenario -- ${scenario} --seed 7`;
  return {
    scenario,
    why: `What ${scenario} shows.`,
    verdict,
    reasons,
    durationS: 12.4,
    folder: `reports/out/${scenario}`,
    replay,
  };
}

describe('worstOf', () => {
  it('holds a failure for worse than a run that proves nothing, and no run at all for no proof', () => {
    expect(worstOf([verdictOf('a', 'pass'), verdictOf('b', 'invalid'), verdictOf('c', 'fail')])).toBe('fail');
    expect(worstOf([verdictOf('a', 'pass'), verdictOf('b', 'invalid')])).toBe('invalid');
    expect(worstOf([verdictOf('a', 'pass')])).toBe('pass');
    expect(worstOf([])).toBe('invalid');
  });
});

describe('renderVerdicts', () => {
  it('gives a line to each, and what to do next to each that is not a pass', () => {
    const text = renderVerdicts([verdictOf('burst', 'pass'), verdictOf('soak', 'fail', 'lost lines: 3, limit 0')]);
    expect(text.split('\n')).toEqual([
      '✓ pass  burst       12 s  reports/out/burst',
      '✗ FAIL  soak        12 s  reports/out/soak',
      '          lost lines: 3, limit 0',
      '          replay: npm run scenario -- soak --seed 7',
      '',
      '1 passed, 1 failed, 0 void, in 25 s',
      '',
    ]);
  });

  it('tells a void from a failure, and what it means', () => {
    const text = renderVerdicts([verdictOf('burst', 'invalid', 'slip of the generator 3 s, limit 1 s')]);
    expect(text).toMatch(/^\? VOID {2}burst/);
    expect(text).toContain('0 passed, 0 failed, 1 void, in 12 s\nVoid: the run proves nothing');
  });
});

describe('SummaryFolder', () => {
  it('has what is known so far, and names what has not run', () => {
    const out = mkdtempSync(join(tmpdir(), 's3es-summary-'));
    try {
      const folder = new SummaryFolder(out, 'all-seed7');
      const startedAt = '2026-11-25T17:00:00.000Z';
      const verdicts = [{ ...verdictOf('burst', 'fail', 'a | b'), folder: join(out, 'burst-seed7') }];
      const ranOn = 'streamer 1.0.0 · seed 7';
      folder.write({ startedAt, ranOn, verdicts, pending: ['soak'] });
      const read = (name: string): string => readFileSync(join(folder.path, name), 'utf8');
      expect(JSON.parse(read('summary.json'))).toEqual({
        startedAt,
        ranOn,
        verdicts,
        pending: ['soak'],
        verdict: null,
      });
      expect(read('summary.md')).toContain(String.raw`| ✗ FAIL | burst | What burst shows. | 12 s | a \| b |`);
      expect(read('summary.md')).toContain('Not run yet: soak.');
      expect(read('summary.md')).toContain('\n\nstreamer 1.0.0 · seed 7\n\n');
      expect(read('summary.md')).toContain('- `npm run scenario -- burst --seed 7`');
      expect(read('summary.md')).toContain('- [burst](../burst-seed7/report.html)');
      folder.write({ startedAt, ranOn: null, verdicts, pending: [] });
      expect(JSON.parse(read('summary.json'))).toMatchObject({ verdict: 'fail', pending: [] });
    } finally {
      rmSync(out, { recursive: true });
    }
  });
});
