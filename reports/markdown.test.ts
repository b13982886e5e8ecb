import { describe, expect, it } from 'vitest';
import { COMMENT_CHARS_MAX, renderMarkdown } from './markdown.ts';
import type { Result } from './model.ts';
import { sampleFailedResult, sampleInvalidResult, sampleResult } from './sample-result.ts';

describe('renderMarkdown', () => {
  it('gives the verdict first, then the run in one line', () => {
    const [verdict, , summary] = renderMarkdown(sampleResult()).split('\n');
    expect(verdict).toBe('## ✅ Passed: sample');
    expect(summary).toMatch(/^\*\*lost 0 of 149,500 lines · lag \d+ ms avg, \d+ ms worst · 227 MB\/min\*\*$/);
  });

  it('says what was tried, what it proves and what happened on the way, before anything that is folded away', () => {
    const [shown = ''] = renderMarkdown(sampleFailedResult()).split('<details>');
    expect(shown).toContain('Test data for the report renderers, not a measurement.');
    expect(shown).toContain('Evidence for: That a sample looks like a run.');
    expect(shown).toContain(
      'Faults:\n\n- endpoint 2 answers 503: 2 min to 2.5 min\n- streamer killed (SIGKILL): at 3.5 min',
    );
    expect(renderMarkdown(sampleResult())).toContain('Load 1x, constant. No faults.');
  });

  it('folds away what the ledger found in a run that passed, and only there', () => {
    const sample = sampleFailedResult();
    const found = 'lines 1,000 to 3,119';
    const shownOf = (result: Result): string => renderMarkdown(result).split('<details>')[0] ?? '';
    expect(shownOf(sample)).toContain(found);
    const passed: Result = { ...sample, verdict: 'pass', verdictReasons: [] };
    expect(shownOf(passed)).not.toContain(found);
    expect(renderMarkdown(passed)).toContain(found);
  });

  it('says which endpoint took what, and which instance did what', () => {
    const sample = sampleResult();
    const [first] = sample.agents;
    const instance = { name: 'streamer-2', files: 41, cpuS: 3.5, rssMaxMB: 120, rssEndMB: 110 };
    const text = renderMarkdown({ ...sample, instances: [instance] });
    expect(text).toContain(`| 1 ${first?.endpoint} | `);
    expect(text).toContain('| streamer-2 | 41 | 3.5 s | 120 MB |');
    expect(renderMarkdown(sample)).not.toContain('Instances');
  });

  it('says what failed, and where, before anything that is folded away', () => {
    const [shown = ''] = renderMarkdown(sampleFailedResult()).split('<details>');
    expect(shown).toContain('❌ Failed');
    expect(shown).toContain('- lost lines: 913 lines, required = 0 lines.');
    expect(shown).toContain('- lost: `year=2000/month=1/day=1/0946684891_56442_130_1.gz`, lines 4,120 to 5,032');
  });

  it('tells an invalid run from a failed one', () => {
    expect(renderMarkdown(sampleInvalidResult())).toMatch(/^## ⚠️ Invalid: sample/);
  });

  it('fits a comment, however much was lost', () => {
    const sample = sampleFailedResult();
    const problem: Result['delivery']['problems'][number] = {
      kind: 'lost',
      key: 'k'.repeat(1000),
      firstLine: 0,
      lastLine: 9,
      note: null,
    };
    const worst: Result = {
      ...sample,
      delivery: { ...sample.delivery, problems: Array.from({ length: 1000 }, () => problem), problemsOmitted: 99_000 },
    };
    const text = renderMarkdown(worst);
    expect(text.length).toBeLessThan(COMMENT_CHARS_MAX);
    expect(text).toContain('and 99,980 more, see result.json');
  });

  it('lets no text of the run become markup', () => {
    const text = renderMarkdown({ ...sampleResult(), scenario: 'a|b <img> *c* [d](e)' });
    expect(text).toContain(String.raw`Passed: a\|b &lt;img> \*c\* \[d\](e)`);
    expect(text).toContain(String.raw`&lt;unix>\_&lt;id>\_&lt;id>\_&lt;seq>\[.gz\]`);
  });

  it('keeps every row of a table in one line with the same number of cells', () => {
    const rows = renderMarkdown(sampleFailedResult())
      .split('\n')
      .filter((line) => line.startsWith('| '));
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.every((row) => row.endsWith(' |'))).toBe(true);
  });
});
