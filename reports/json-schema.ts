/** The JSON Schema of result.json, for readers in other languages: kept in reports/result.schema.json. */
import { z } from 'zod';
import { ResultSchema } from './model.ts';

export function resultJsonSchema(): unknown {
  return z.toJSONSchema(ResultSchema, { target: 'draft-2020-12' });
}

/** Paths of all numbers that a result can have; lists have none, and names that only a scenario knows (`observed.…`) are not among them. */
export function numericFields(): ReadonlySet<string> {
  return new Set(fieldsUnder(resultJsonSchema(), ''));
}

const nodeSchema = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
});

function fieldsUnder(schema: unknown, path: string): string[] {
  const { type = [], properties = {}, anyOf = [] } = nodeSchema.parse(schema);
  const own = [type].flat().some((name) => name === 'number' || name === 'integer') ? [path] : [];
  const inner = Object.entries(properties).flatMap(([name, part]) =>
    fieldsUnder(part, path === '' ? name : `${path}.${name}`),
  );
  return [...own, ...inner, ...anyOf.flatMap((part) => fieldsUnder(part, path))];
}
