import { describe, expect, it } from 'vitest';
import type { Result } from '../model.ts';
import { sampleFailedResult, sampleInvalidResult, sampleResult } from '../sample-result.ts';
import { html } from './markup.ts';
import { renderHtml } from './page.ts';

const HOSTILE = `"><script>alert('x')</script><img src=x onerror=y>`;

describe('html', () => {
  it('escapes every value and keeps what is markup already', () => {
    expect(html`<p title="${'"a"'}">${'<b>'} ${html`<i>${'&'}</i>`} ${[1, null, 'c']}</p>`.markup).toBe(
      '<p title="&quot;a&quot;">&lt;b&gt; <i>&amp;</i> 1c</p>',
    );
  });
});

describe('renderHtml', () => {
  it('refers to nothing outside itself, and has no script', () => {
    const page = renderHtml(sampleFailedResult());
    const references = [...page.matchAll(/(?:src|href|action|data|poster)="([^"]*)"/g)].map(
      ([, target = '']) => target,
    );
    expect(references.filter((target) => !target.startsWith('#') && !target.startsWith('data:'))).toEqual([]);
    expect(page).not.toMatch(/<script|<link rel="stylesheet"|@import|url\(/);
  });

  it('lets no text of the run become markup', () => {
    const sample = sampleFailedResult();
    const [slowest] = sample.waterfallMs.slowest;
    if (slowest === undefined) throw new Error('the sample has no waterfall');
    const hostile: Result = {
      ...sample,
      scenario: HOSTILE,
      purpose: HOSTILE,
      replay: HOSTILE,
      verdictReasons: [HOSTILE],
      environment: { ...sample.environment, cpu: HOSTILE },
      delivery: {
        ...sample.delivery,
        problems: [{ kind: 'lost', key: HOSTILE, firstLine: 0, lastLine: 1, note: HOSTILE }],
      },
      agents: sample.agents.map((agent) => ({ ...agent, endpoint: HOSTILE })),
      events: [{ fromS: 1, toS: null, label: HOSTILE }],
      waterfallMs: {
        ...sample.waterfallMs,
        slowest: [{ ...slowest, key: HOSTILE }],
      },
    };
    expect(renderHtml(hostile)).not.toMatch(/<script|<img/);
  });

  it('shows every check and every documented row', () => {
    const result = sampleFailedResult();
    const page = renderHtml(result);
    for (const { name } of result.checks) expect(page).toContain(`>${name}</th>`);
    for (const { metric } of result.documented) expect(page).toContain(`>${metric}</th>`);
  });

  it('says what is missing instead of drawing or computing it', () => {
    const page = renderHtml(sampleInvalidResult());
    expect(page).toContain('Not measured in this run.');
    expect(page).toContain('No file was completed, so there is nothing to take apart.');
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it('draws a bar as wide as its share of the waterfall', () => {
    const { waterfallMs, latencyMs } = sampleResult();
    const share = ((waterfallMs.avg?.discovery ?? 0) / (latencyMs.fileAge.avg ?? 1)) * 100;
    expect(renderHtml(sampleResult())).toContain(`width:${Math.round(share * 100) / 100}%`);
  });
});
