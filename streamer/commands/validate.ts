/** `validate`: every problem of a configuration at once. Warnings do not fail it. */
import { checkConfig, parseConfig } from '../config/parse.ts';
import { StreamerError } from '../errors.ts';
import { readConfigFile } from './load-config.ts';

export async function validateConfig(file: string, { json }: { readonly json: boolean }): Promise<void> {
  const text = await readConfigFile(file);
  if (!json) {
    const { warnings } = parseConfig(text, process.env, file);
    for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`);
    process.stdout.write(`${file} is valid.\n`);
    return;
  }
  const checked = checkConfig(text, process.env);
  const problems = checked.kind === 'valid' ? [] : checked.problems;
  process.stdout.write(`${JSON.stringify({ valid: problems.length === 0, problems, warnings: checked.warnings })}\n`);
  if (problems.length > 0) throw new StreamerError('CONFIG_INVALID', `${file}: problems found: ${problems.length}`);
}
