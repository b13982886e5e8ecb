import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleFailedResult, sampleInvalidResult, sampleResult } from './sample-result.ts';
import { renderTable, TABLE_WIDTH } from './table.ts';
import { layoutColumns, wrapText } from './text.ts';

describe('renderTable', () => {
  it.each([
    ['passed', sampleResult()],
    ['failed', sampleFailedResult()],
    ['invalid', sampleInvalidResult()],
  ])('fits 120 columns for a run that %s', (_, result) => {
    const tooLong = renderTable(result)
      .split('\n')
      .filter((line) => line.length > TABLE_WIDTH);
    expect(tooLong).toEqual([]);
  });

  it('has a line for every documented figure and every check, the replay command and the verdict', () => {
    const result = sampleFailedResult();
    const text = renderTable(result);
    for (const { metric, documented } of result.documented)
      expect(text).toContain(`  ${metric.padEnd(29)}${documented}`);
    for (const { name } of result.checks) expect(text).toMatch(new RegExp(`[✓✗?] ${name}`));
    expect(text).toContain(`Replay: ${result.replay}`);
    expect(text).toMatch(
      /^Differs from the shipped defaults: processing.scan_interval 250ms \(shipped 15s\), processing.delay_window/m,
    );
    expect(text).toContain('Verdict: FAIL\n  - lost lines: 913 lines, required = 0 lines.');
  });

  it('has the note of a check under it, however long the names of checks are', () => {
    const result = sampleResult();
    const [check, ...others] = result.checks;
    const note = 'a machine that is taken away measures its other guests';
    const checks = [{ ...check!, name: 'a name of '.repeat(7), note }, ...others];
    expect(renderTable({ ...result, checks }).split('\n')).toContain(`      ${note}`);
  });

  it('says which percentiles it does not give, and what they need', () => {
    expect(renderTable(sampleResult())).toContain(
      'No percentile is given from too few files; needed: p90 30, p99 300, p99.9 3,000.',
    );
  });
});

describe('layoutColumns', () => {
  it('aligns columns and wraps the last one under itself', () => {
    expect(
      layoutColumns(
        [
          ['a', 'bbb', 'one two three'],
          ['aaaa', 'b', ''],
        ],
        18,
      ),
    ).toEqual([['a     bbb  one two', '           three'], ['aaaa  b']]);
  });
});

describe('wrapText', () => {
  it('keeps every word and the width, except for words that are longer than it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 30 }),
        fc.integer({ min: 12, max: 40 }),
        (words, width) => {
          const lines = wrapText(words.join(' '), width);
          expect(lines.join(' ')).toBe(words.join(' '));
          expect(lines.every((line) => line.length <= width)).toBe(true);
        },
      ),
    );
  });
});
