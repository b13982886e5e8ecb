/** Every file of a run's folder, made from its result alone. */
import { benchmarksOf } from './benchmark.ts';
import { renderHtml } from './html/page.ts';
import { renderJUnit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import type { Result } from './model.ts';

/** File names with their content. */
export function reportFiles(result: Result): Readonly<Record<string, string>> {
  const { biggerIsBetter, smallerIsBetter } = benchmarksOf(result);
  return {
    'result.json': json(result),
    'report.md': renderMarkdown(result),
    'report.html': renderHtml(result),
    'junit.xml': renderJUnit(result),
    'benchmark-bigger-is-better.json': json(biggerIsBetter),
    'benchmark-smaller-is-better.json': json(smallerIsBetter),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
