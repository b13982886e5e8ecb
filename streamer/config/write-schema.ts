/** Writes what is generated from the configuration's schema: `config.schema.json` for editors, and `docs/configuration.md`. `npm run schema`; a test compares. */
import { writeFile } from 'node:fs/promises';
import { configJsonSchema } from './json-schema.ts';
import { configPage } from './reference.ts';

await writeFile(new URL('config.schema.json', import.meta.url), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
await writeFile(new URL('../../docs/configuration.md', import.meta.url), configPage());
