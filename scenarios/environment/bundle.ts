/** The streamer as users run it: one bundled file, built anew when any of its sources is newer. */
import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HarnessError, messageOf } from '#simulator';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundlePath = join(root, 'dist/streamer.js');
const messageLinesMax = 15;
const buildScript = join(root, 'build.ts');

/** The path of an up-to-date bundle. */
export async function ensureBundle(): Promise<string> {
  if (modifiedMs(bundlePath) < newestSourceMs()) await build([]);
  return bundlePath;
}

/** The same program with its names kept, and `path`.map beside it, for a profile. */
export async function buildReadableBundle(path: string): Promise<void> {
  await build([path, '--readable']);
}

async function build(args: readonly string[]): Promise<void> {
  const loader = import.meta.resolve('tsx');
  try {
    await promisify(execFile)(process.execPath, ['--import', loader, buildScript, ...args], { cwd: root });
  } catch (error) {
    // The compiler's messages come first; below them are only its own stack frames.
    const message = messageOf(error).split('\n').slice(0, messageLinesMax).join('\n');
    throw new HarnessError('broken', `The streamer could not be built (npm run build): ${message}`, { cause: error });
  }
}

function newestSourceMs(): number {
  const sources = readdirSync(join(root, 'streamer'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('test.ts'))
    .map((path) => join(root, 'streamer', path));
  return Math.max(...[...sources, buildScript, join(root, 'package.json')].map(modifiedMs));
}

/** 0 for a file that does not exist: older than everything. */
function modifiedMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
