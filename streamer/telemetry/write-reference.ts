/** Writes `docs/metrics.md`. `npm run schema`; a test compares. */
import { writeFile } from 'node:fs/promises';
import { metricsPage } from './reference.ts';

await writeFile(new URL('../../docs/metrics.md', import.meta.url), metricsPage());
