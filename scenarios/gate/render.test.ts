import { describe, expect, it } from 'vitest';
import type { GateResult } from './gate.ts';
import { type JudgedPair, judgePairs } from './judge.ts';
import { METRICS } from './metrics.ts';
import type { Pair } from './pair.ts';
import { renderGateHtml } from './render-html.ts';
import { renderGateMarkdown } from './render-markdown.ts';
import { renderGateText } from './render-text.ts';
import { readGateSettings } from './settings.ts';

const alike = {
  start: 600,
  throughput: 300,
  cpu: 2,
  lagP50: 150,
  lagP99: 300,
  notified: 20,
  memory: 200,
  requests: 2000,
};

/** Twenty pairs in which head has these figures, less or more by a little that differs from pair to pair. */
function resultOf(head: Partial<JudgedPair['head']>, change: Partial<GateResult> = {}): GateResult {
  const pairs = Array.from({ length: 20 }, (_, at) => {
    const noise = 1 + (at % 2 === 0 ? 1 : -1) * (0.001 + at / 10_000);
    const noisy = Object.fromEntries(
      Object.entries({ ...alike, ...head }).map(([name, value]) => [name, value === null ? null : value * noise]),
    );
    return { base: alike, head: { ...alike, ...noisy } };
  });
  const { effectMin } = readGateSettings();
  const { verdict, metrics } = judgePairs(pairs, { looks: [20], pairsMax: 60, isLast: true, effectMin });
  return {
    verdict,
    metrics,
    reasons: [],
    startedAt: '2026-01-01T00:00:00.000Z',
    durationS: 300,
    budgetS: 600,
    isAa: false,
    base: { ref: 'origin/main', commit: 'aaaaaaa', dependencies: 'shared' },
    head: { commit: 'bbbbbbb' },
    pairs: pairs.length,
    looks: [20],
    machine: { node: 'v26', cpu: 'Sample | CPU', cores: 2, memoryMB: 8000, os: 'Linux', git: 'bbbbbbb' },
    s3: { kind: 'embedded', version: '1' },
    seed: 1,
    replay: 'npm run gate -- --base origin/main --seed 1',
    ...change,
  };
}

const firstLine = (result: GateResult) => renderGateMarkdown(result).split('\n')[0];

describe('the comment of the gate', () => {
  it('says what happened in its first line', () => {
    expect(firstLine(resultOf({}))).toBe('## ✅ Passed: nothing got worse');
    expect(firstLine(resultOf({ throughput: 264 }))).toBe('## ❌ Regressed: throughput -12%');
    expect(firstLine(resultOf({ cpu: 1, lagP50: 300 }))).toBe('## ❌ Regressed: lag p50 +100%');
    expect(firstLine(resultOf({ cpu: 1 }))).toBe('## 🚀 Improved: CPU per GB -50%');
    expect(firstLine(resultOf({ lagP99: null }))).toMatch(/^## ⚠️ Inconclusive: too much noise.* to tell lag p99$/);
  });

  it('names what kept one side from running, and holds no text of it as markup', () => {
    const reasons = ['Head does not run: it ended (exit code 1)\n```<script>'];
    const markdown = renderGateMarkdown(resultOf({}, { verdict: 'regressed', reasons, metrics: [], pairs: 0 }));
    expect(markdown.split('\n')[0]).toBe('## ❌ Regressed: Head does not run: it ended (exit code 1)');
    expect(markdown.match(/^```/gm)).toHaveLength(2);
    expect(markdown).toContain(String.raw`Sample \| CPU`);
  });

  it('tells of base against itself', () => {
    expect(firstLine(resultOf({}, { isAa: true }))).toBe('## ✅ Passed: nothing got worse (base against itself)');
  });

  it('shows each metric with its figures, its change in the direction of the figure, and its interval', () => {
    expect(renderGateMarkdown(resultOf({ throughput: 264 }))).toMatch(
      /\| ❌ worse \| Throughput \| 300 MB\/s \| 264 MB\/s \| -12% \| -1\d(\.\d)?% to -1\d(\.\d)?% \| 5% \|/,
    );
  });
});

describe('the gate on a terminal', () => {
  it('fits its width and ends with the verdict', () => {
    const lines = renderGateText(resultOf({ throughput: 264 }))
      .trimEnd()
      .split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
    expect(lines.at(-1)).toBe('Regressed: throughput -12%');
  });
});

describe('the page of the gate', () => {
  const arm = {
    startedAtMs: 0,
    durationS: 5,
    lostLines: 0,
    duplicateLines: 0,
    otherLines: 0,
    slipMaxMs: 1,
    loadAverage: 1,
  };
  const pairs: readonly Pair[] = [
    { kind: 'head', base: { ...arm, figures: alike }, head: { ...arm, figures: { ...alike, cpu: 4, lagP99: null } } },
  ];

  it('answers first, and shows each metric with a dot for each run that has a figure', () => {
    const page = renderGateHtml(resultOf({ throughput: 264 }), pairs);
    expect(page).toContain('Regressed: throughput -12%');
    expect(page.match(/class="dot"/g)).toHaveLength(2 * METRICS.length - 1);
    expect(page).toContain('head: 4 at 1');
  });

  it('asks nothing of anybody else, and holds no text of a side as markup', () => {
    const page = renderGateHtml(resultOf({}, { verdict: 'regressed', reasons: ['it said <script>'], metrics: [] }), []);
    expect(page).toContain('it said &lt;script&gt;');
    expect(page).not.toMatch(/<script|https?:\/\//);
  });
});
