/** The configuration's JSON Schema, for editors: made from the same source as the validation. */
import * as z from 'zod';
import { settingsSchema } from './schema.ts';
import { keyFacts, sectionAbout } from './schema/key.ts';
import { shapeOf } from './schema-walk.ts';

type JsonSchema = Record<string, unknown>;

export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(settingsSchema, {
    io: 'input',
    // What the parser takes is always text; what YAML files hold, and editors check, is typed. The facts of each key know.
    override: ({ zodSchema, jsonSchema }) => describe(zodSchema, jsonSchema),
  });
  return { ...schema, title: 'Configuration of s3-edgedelta-streamer' };
}

function describe(zodSchema: z.core.$ZodType, jsonSchema: JsonSchema): void {
  const facts = keyFacts.get(zodSchema);
  if (facts !== undefined) {
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
    Object.assign(jsonSchema, facts.json, { description: facts.about });
    if (facts.ignoredBecause !== null) jsonSchema['deprecated'] = true;
    return;
  }
  const about = sectionAbout.get(zodSchema)?.about;
  if (about !== undefined) jsonSchema['description'] = about;
  // Defaults stand at the keys themselves.
  delete jsonSchema['default'];
  const shape = shapeOf(zodSchema);
  if (shape.kind !== 'section') return;
  // A section that is only a heading is fine.
  jsonSchema['type'] = ['object', 'null'];
  delete jsonSchema['required'];
  const required = Object.keys(shape.keys).filter((key) => isRequired(shape.keys[key]));
  if (required.length > 0) jsonSchema['required'] = required;
}

function isRequired(schema: z.core.$ZodType | undefined): boolean {
  return schema !== undefined && keyFacts.get(schema)?.isRequired === true;
}
