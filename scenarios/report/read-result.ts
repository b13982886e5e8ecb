/** A result read back from the folder of its run. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type NamedResult, ResultSchema } from '#reports';
import { HarnessError, messageOf } from '#simulator';
import { z } from 'zod';

const problemsMax = 5;

/** `path`: the folder of a run, or its result.json. The name is that of the folder. */
export function readResult(path: string): NamedResult & { readonly folder: string } {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const file = resolve(isFolder ? join(path, 'result.json') : path);
  const parsed = ResultSchema.safeParse(readJson(file));
  if (!parsed.success) {
    const problems = z.prettifyError(parsed.error).split('\n').slice(0, problemsMax).join('\n');
    throw new HarnessError('usage', `${file} is not a result that this version knows:\n${problems}`);
  }
  const folder = dirname(file);
  return { name: basename(folder), folder, result: parsed.data };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new HarnessError(
      'usage',
      `${file} cannot be read (${messageOf(error)}). Name the folder of a run: ls reports/out`,
      { cause: error },
    );
  }
}
