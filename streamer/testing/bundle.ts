/** The streamer as users get it: bundled anew for a test, in a folder of the test's own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export async function buildBundle(folder: string): Promise<string> {
  const bundle = join(folder, 'streamer.js');
  await promisify(execFile)(process.execPath, ['--import', 'tsx', join(ROOT, 'build.ts'), bundle], { cwd: ROOT });
  return bundle;
}
