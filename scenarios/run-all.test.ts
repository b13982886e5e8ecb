import { describe, expect, it } from 'vitest';
import { renderVerdicts, type ScenarioVerdict, worstOf } from './run-all.ts';

function verdictOf(scenario: string, verdict: ScenarioVerdict['verdict'], ...reasons: string[]): ScenarioVerdict {
  const replay = `npm run scenario -- ${scenario} --seed 7`;
  return { scenario, verdict, reasons, durationS: 12.4, folder: `reports/out/${scenario}`, replay };
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
      '✓ pass     burst       12 s  reports/out/burst',
      '✗ FAIL     soak        12 s  reports/out/soak',
      '             lost lines: 3, limit 0',
      '             replay: npm run scenario -- soak --seed 7',
      '1 passed, 1 failed, 0 prove nothing',
      '',
    ]);
  });
});
