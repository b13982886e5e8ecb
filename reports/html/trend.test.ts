import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../history.ts';
import { renderTrend } from './trend.ts';

function entry(day: number, verdict: HistoryEntry['verdict'] = 'pass', machine = 'one'): HistoryEntry {
  const at = `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
  return {
    at,
    commit: `c${day}`,
    verdict,
    machine,
    figures: [{ title: 'CPU per GB', unit: 's', value: 2 + day / 100 }],
  };
}

describe('renderTrend', () => {
  it('draws a dot for each gate, marked with its verdict', () => {
    const page = renderTrend([entry(1), entry(2, 'regressed'), entry(3)]);
    expect(page.match(/class="dot pass"/g)).toHaveLength(2);
    expect(page).toMatch(/class="dot regressed"[^>]*title="c2, 2026-01-02 00:00:00 UTC: 2.02 s, regressed"/);
  });

  it('warns where the machine changed', () => {
    expect(renderTrend([entry(1)])).toContain('All on one.');
    expect(renderTrend([entry(1), entry(2, 'pass', 'another')])).toContain(
      'a step may be the machine’s'.replace('’', '&#39;'),
    );
  });

  it('says so when there is nothing yet', () => {
    expect(renderTrend([])).toContain('No gate has been kept yet.');
  });
});
