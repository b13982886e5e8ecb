/** Reads a configuration file for a command; a file that cannot be read is a configuration error too. */
import { readFile } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { parseConfig } from '../config/parse.ts';
import { StreamerError } from '../errors.ts';

export interface LoadedConfig {
  /** Where it was read from. */
  readonly file: string;
  readonly config: Config;
  readonly warnings: readonly string[];
}

export async function loadConfig(file: string): Promise<LoadedConfig> {
  return { file, ...parseConfig(await readConfigFile(file), process.env, file) };
}

export async function readConfigFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new StreamerError(
      'CONFIG_INVALID',
      `the configuration ${file} cannot be read (${error instanceof Error ? error.message : String(error)})`,
      { cause: error },
    );
  }
}
