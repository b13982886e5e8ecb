import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './markdown.ts';
import { sampleResult } from './sample-result.ts';
import { requestRows } from './words.ts';

describe('requestRows', () => {
  const { requests } = sampleResult();

  it('names Redis where its commands were counted, and only there', () => {
    const counted = { ...requests, redis: 1_234, perGB: { ...requests.perGB, redis: 567 } };
    expect(requestRows(counted).at(-1)).toEqual(['Redis commands', '1,234', '567']);
    expect(requestRows(requests).map(([name]) => name)).not.toContain('Redis commands');
  });

  it('stand in the report for a pull request', () => {
    const counted = { ...requests, redis: 1_234, perGB: { ...requests.perGB, redis: 567 } };
    expect(renderMarkdown({ ...sampleResult(), requests: counted })).toContain('| Redis commands | 1,234 | 567 |');
  });
});
