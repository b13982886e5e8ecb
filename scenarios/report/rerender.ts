/** `npm run report -- DIR`: every report of a run once more from its result.json, which itself stays as it is. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportFiles } from '#reports';
import { readResult } from './read-result.ts';

/** The files that were written. */
export function rerender(path: string): readonly string[] {
  const { folder, result } = readResult(path);
  const files = Object.entries(reportFiles(result)).filter(([name]) => name !== 'result.json');
  return files.map(([name, content]) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  });
}
