import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { renderJUnit } from './junit.ts';
import { sampleFailedResult, sampleInvalidResult, sampleMeasurements, sampleResult } from './sample-result.ts';
import { escapeMarkup } from './xml.ts';

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

describe('renderJUnit', () => {
  it('has a case for each check and no failure for a run that passed', () => {
    const result = sampleResult();
    const xml = renderJUnit(result);
    expect(count(xml, /<testcase /g)).toBe(result.checks.length);
    expect(xml).toContain(`tests="${result.checks.length}" failures="0" errors="0"`);
    expect(xml).not.toMatch(/<failure|<error/);
  });

  it('carries the replay command in every failure', () => {
    const result = sampleFailedResult();
    const failures = [...renderJUnit(result).matchAll(/<failure [^>]*>([^<]*)<\/failure>/g)].map(([, body]) => body);
    expect(failures).toHaveLength(2);
    expect(failures.every((body) => body?.includes(`replay: ${result.replay}`))).toBe(true);
  });

  it('reports what was not measured, or proves the run worthless, as an error', () => {
    const result = sampleInvalidResult();
    const notOk = result.checks.filter(({ ok }) => !ok).length;
    expect(renderJUnit(result)).toContain(`failures="0" errors="${notOk}"`);
    const slipped = judge(sampleMeasurements(), [
      { name: 'slip', kind: 'validity', path: 'load.scheduleSlipMs.max', op: '<', limit: 1, unit: 'ms' },
    ]);
    expect(renderJUnit(slipped)).toContain('failures="0" errors="1"');
  });

  it('is not green when nothing was checked', () => {
    expect(renderJUnit(judge(sampleMeasurements(), []))).toContain('errors="1"');
  });
});

describe('escapeMarkup', () => {
  it('leaves nothing that XML forbids or reads as markup, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeMarkup(text);
        expect(escaped).not.toMatch(/[<>"']/);
        // oxlint-disable-next-line no-control-regex -- these are exactly what XML 1.0 forbids
        expect(escaped).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        expect(escaped.isWellFormed()).toBe(true);
      }),
    );
  });

  it('gives back the text when it is read', () => {
    expect(escapeMarkup(`a & <b> "c" 'd'`)).toBe('a &amp; &lt;b&gt; &quot;c&quot; &#39;d&#39;');
  });
});
