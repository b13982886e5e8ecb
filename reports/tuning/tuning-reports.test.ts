import { describe, expect, it } from 'vitest';
import { tuningFiles } from './files.ts';
import { renderTuningText } from './render-text.ts';
import { sampleTuning } from './sample-tuning.ts';

const result = sampleTuning({ judgements: ['confirmed', 'not confirmed', 'could not tell'] });
const files = tuningFiles(result);
const html = files['report.html'] ?? '';
const markdown = files['report.md'] ?? '';
const text = renderTuningText(result);

describe('the tuning report', () => {
  it.each([
    ['text', text],
    ['Markdown', markdown],
    ['HTML', html],
  ])('as %s gives the sentence, the symptom, what the lever did, its price, the judgement and why', (_, report) => {
    expect(report).toContain('Sustained lag: Add HTTP endpoints');
    for (const figure of ['4 s', '2 s', '0.25 cores', 'confirmed', 'NOT CONFIRMED', 'could not tell', result.replay]) {
      expect(report).toContain(figure);
    }
    expect(report).toContain('3 rows: 1 confirmed, 1 NOT CONFIRMED, 1 could not tell.');
  });

  it('names first what is not confirmed', () => {
    const [head = ''] = html.split('id="row-1"');
    expect(head).toContain('Not simply confirmed');
    expect(head).toContain('<a href="#row-2">row-2</a>');
    expect(head).not.toContain('<a href="#row-1">row-1</a>');
    expect(tuningFiles(sampleTuning({ judgements: ['confirmed'] }))['report.html']).not.toContain(
      'Not simply confirmed',
    );
  });

  it('says when no lever was pulled', () => {
    const placebo = sampleTuning({ judgements: ['not confirmed'], isPlacebo: true });
    expect(renderTuningText(placebo)).toMatch(/^No lever was pulled, so nothing may be confirmed\./m);
  });

  it('says before all rows that an arm lost lines: a row that could not be told is no alarm', () => {
    const broken = sampleTuning({ judgements: ['could not tell'], isBroken: true });
    const alarm = 'The streamer failed in 1 arm, whatever becomes of the advice: lag-two (lost lines: 3).';
    expect(renderTuningText(broken).replaceAll('\n', ' ')).toContain(alarm);
    expect(tuningFiles(broken)['report.html']).toContain(alarm);
    expect(tuningFiles(broken)['report.md']).toContain(alarm);
    expect(text).not.toContain('The streamer failed');
  });

  it('lets no text become markup, and links each arm to its own report', () => {
    expect(html).toContain('Ask &lt;somebody&gt;.');
    expect(markdown).toContain(String.raw`Add HTTP endpoints \| tune workers`);
    expect(html).toContain('<a href="arms/lag-two/report.html">lag-two</a>');
  });

  it('keeps every figure in result.json', () => {
    expect(JSON.parse(files['result.json'] ?? '')).toEqual(result);
  });
});
