/**
 * The base of a comparison: a commit, checked out beside this one and built as its own. It needs no network while the commit is here and its dependencies are
 * the same as ours; where one of the two is not so, the message says what is missing.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HarnessError, messageOf, type Processes } from '#simulator';

export interface Base {
  readonly ref: string;
  /** Short. */
  readonly commit: string;
  readonly bundle: string;
  readonly dependencies: 'shared' | 'installed';
}

const here = fileURLToPath(new URL('../..', import.meta.url));
const fetchTimeoutMs = 60_000;
const installTimeoutMs = 300_000;
const buildTimeoutMs = 120_000;
/** Thousands of files, where its dependencies were installed. */
const removeTimeoutMs = 180_000;
const messageLinesMax = 10;

export interface BaseOptions {
  /** Ends what takes long: fetch, install, build. */
  readonly signal: AbortSignal;
  /** Whose commits are meant. */
  readonly checkout?: string;
}

export async function buildBase(
  ref: string,
  processes: Processes,
  { signal, checkout = here }: BaseOptions,
): Promise<Base> {
  const commit = await findCommit(ref, checkout, signal);
  const folder = join(processes.temporaryFolder('base'), 'worktree');
  await run('git', ['worktree', 'add', '--detach', folder, commit], checkout);
  processes.onStop(async () => {
    await run('git', ['worktree', 'remove', '--force', folder], checkout, removeTimeoutMs);
  });
  const dependencies = await provideDependencies(folder, checkout, signal);
  const bundle = join(folder, 'dist/streamer.js');
  const build = ['--import', import.meta.resolve('tsx'), 'build.ts'];
  await attempt(`Base ${ref} (${commit.slice(0, 7)}) could not be built`, () =>
    run(process.execPath, build, folder, buildTimeoutMs, signal),
  );
  if (!existsSync(bundle)) throw new HarnessError('broken', `Base ${ref}: its build wrote no dist/streamer.js.`);
  return { ref, commit: commit.slice(0, 7), bundle, dependencies };
}

async function findCommit(ref: string, checkout: string, signal: AbortSignal): Promise<string> {
  const present = await revParse(`${ref}^{commit}`, checkout);
  if (present !== null) return present;
  // There it has the name that it has at home.
  const wanted = ref.replace(/^origin\//, '');
  // A shallow clone has one commit; another one is a small download. A full one must not become shallow by it.
  const isShallow = (await run('git', ['rev-parse', '--is-shallow-repository'], checkout)).trim() === 'true';
  const fetching = ['fetch', ...(isShallow ? ['--depth=1'] : [])];
  try {
    await run('git', [...fetching, '--end-of-options', 'origin', wanted], checkout, fetchTimeoutMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new HarnessError(
      'usage',
      `There is no commit ${ref} in this clone, and origin did not give it (${firstLines(error)}). ` +
        `Name another --base, or fetch it first: git ${fetching.join(' ')} origin ${wanted}`,
      { cause: error },
    );
  }
  const fetched = await revParse('FETCH_HEAD^{commit}', checkout);
  if (fetched === null) throw new HarnessError('broken', `git fetched ${ref}, and it is not there.`);
  return fetched;
}

async function revParse(name: string, checkout: string): Promise<string | null> {
  try {
    return (await run('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', name], checkout)).trim();
  } catch {
    // It exits with 1 when there is no such thing.
    return null;
  }
}

async function provideDependencies(
  folder: string,
  checkout: string,
  signal: AbortSignal,
): Promise<Base['dependencies']> {
  const installed = join(checkout, 'node_modules');
  const isSame = lockOf(folder) === lockOf(checkout) && existsSync(installed);
  if (isSame) {
    symlinkSync(installed, join(folder, 'node_modules'));
    return 'shared';
  }
  const npm = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await attempt(
    'The dependencies of base differ from those installed here, and could not be installed (is there a network?)',
    () => run('npm', npm, folder, installTimeoutMs, signal),
  );
  return 'installed';
}

function lockOf(folder: string): string | null {
  const path = join(folder, 'package-lock.json');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new HarnessError('broken', `${what}: ${firstLines(error)}`, { cause: error });
  }
}

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  timeoutMs = 30_000,
  signal?: AbortSignal,
): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, {
    cwd,
    timeout: timeoutMs,
    ...(signal === undefined ? {} : { signal }),
    // git asks for a password on the terminal otherwise, and waits.
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
  });
  return stdout;
}

function firstLines(error: unknown): string {
  return messageOf(error).split('\n').slice(0, messageLinesMax).join('\n').trim();
}
