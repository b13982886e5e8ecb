/** Writes reports/result.schema.json from the model: `node --import tsx reports/write-json-schema.ts && npx oxfmt reports/result.schema.json`. */
import { writeFile } from 'node:fs/promises';
import { resultJsonSchema } from './json-schema.ts';

await writeFile(new URL('result.schema.json', import.meta.url), `${JSON.stringify(resultJsonSchema(), null, 2)}\n`);
