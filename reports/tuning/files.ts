/** What is written about the tuning advice: the files of a run's folder. */
import type { TuningResult } from './model.ts';
import { renderTuningHtml } from './render-html.ts';
import { renderTuningMarkdown } from './render-markdown.ts';

export function tuningFiles(result: TuningResult): Readonly<Record<string, string>> {
  return {
    'result.json': `${JSON.stringify(result, null, 2)}\n`,
    'report.html': renderTuningHtml(result),
    'report.md': renderTuningMarkdown(result),
  };
}
