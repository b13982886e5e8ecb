import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { resultJsonSchema } from './json-schema.ts';
import { ResultSchema } from './model.ts';
import { sampleFailedResult, sampleInvalidResult, sampleResult } from './sample-result.ts';

it('is published as the model is: else run `node --import tsx reports/write-json-schema.ts` and format it', async () => {
  const published: unknown = JSON.parse(await readFile(new URL('result.schema.json', import.meta.url), 'utf8'));
  expect(published).toEqual(resultJsonSchema());
});

it('gives back every result that was written as JSON', () => {
  for (const result of [sampleResult(), sampleFailedResult(), sampleInvalidResult()]) {
    expect(ResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  }
});
