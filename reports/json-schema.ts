/** The JSON Schema of result.json, for readers in other languages: kept in reports/result.schema.json. */
import { z } from 'zod';
import { ResultSchema } from './model.ts';

export function resultJsonSchema(): unknown {
  return z.toJSONSchema(ResultSchema, { target: 'draft-2020-12' });
}
