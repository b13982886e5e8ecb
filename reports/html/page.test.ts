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

  it('has the checks, from which the verdict follows, before the figures', () => {
    const ids = [...renderHtml(sampleResult()).matchAll(/<section id="(\w+)"/g)].map(([, id]) => id);
    expect(ids.slice(0, 3)).toEqual(['checks', 'documented', 'dashboard']);
  });

  it('folds away the copies of a run that passed, and shows what was lost in one that failed', () => {
    const failed = sampleFailedResult();
    const passed: Result = { ...failed, verdict: 'pass', verdictReasons: [] };
    expect(renderHtml(passed)).toContain('<details class="problems">');
    expect(renderHtml(failed)).not.toContain('<details');
  });

  it('shows what was done to the run, and the checks of the scenario itself, at the top', () => {
    const [top = ''] = renderHtml(sampleFailedResult()).split('<main>');
    expect(top).toContain('endpoint 2 answers 503 <span class="muted">2 min to 2.5 min</span>');
    expect(top).toContain('lag, worst file: ');
    expect(top).not.toContain('sink event loop: ');
    expect(renderHtml(sampleResult())).toContain('No faults: the load alone.');
  });

  it('says which instance did what, where there are several', () => {
    const sample = sampleResult();
    const several: Result = {
      ...sample,
      streamer: { ...sample.streamer, instances: 2 },
      instances: ['streamer-1', 'streamer-2'].map((name) => ({
        name,
        files: 41,
        cpuS: 3,
        rssMaxMB: 120,
        rssEndMB: 110,
      })),
    };
    const page = renderHtml(several);
    expect(page).toContain('<th scope="row">streamer-2</th>');
    expect(page).toContain('resident, MB, 2 instances together');
    expect(renderHtml(sample)).not.toContain('files completed');
  });

  it('lets no mark of an event cover another, and shades nothing that lasts all the time', () => {
    const [last] = sampleResult().timeline.slice(-1);
    const endS = last?.tS ?? 0;
    const page = renderHtml({
      ...sampleResult(),
      events: [
        { fromS: 0, toS: endS, label: 'agents far away' },
        { fromS: 1, toS: 5, label: 'first' },
        { fromS: 2, toS: null, label: 'second' },
        { fromS: 40, toS: 45, label: 'third' },
      ],
    });
    const [chart = ''] = page.split('<figure class="chart">').slice(1);
    expect([...chart.matchAll(/class="event-mark fault"[^>]*>([^<]*)</g)].map(([, text]) => text)).toEqual([
      '1, 2, 3',
      '4',
    ]);
    expect(chart.match(/class="event-span/g)).toHaveLength(2);
  });

  it('draws nothing over a time in which nothing was measured', () => {
    const sample = sampleResult();
    const timeline = sample.timeline.map((point) => ({
      ...point,
      lagMaxMs: point.tS >= 10 && point.tS < 50 ? null : 100,
    }));
    const lag = renderHtml({ ...sample, timeline }).split('<strong>Processing lag</strong>')[1] ?? '';
    const [, area = ''] = /class="fill"\s+d="([^"]*)"/.exec(lag) ?? [];
    expect(area.match(/M/g)).toHaveLength(2);
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
