/** The base's checkout and build: from a shallow clone, without a network, and with what is said where one of them is missing. */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Processes } from '#simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildBase } from './base.ts';

const { signal } = new AbortController();
let folder: string;
let processes: Processes;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3es-base-test-'));
  processes = new Processes(join(folder, 'logs'));
});
afterEach(async () => {
  await processes.stopAll();
  rmSync(folder, { recursive: true });
});

function git(cwd: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** A checkout whose build writes the version that it is of. */
function commit(checkout: string, version: string, lock: string): string {
  const build = `import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('dist', { recursive: true });
writeFileSync('dist/streamer.js', ${JSON.stringify(version)});`;
  write(join(checkout, 'build.ts'), build);
  write(join(checkout, 'package.json'), '{"name":"x","version":"1.0.0","type":"module"}');
  write(join(checkout, 'package-lock.json'), lock);
  write(join(checkout, '.gitignore'), 'node_modules\ndist\n');
  git(checkout, 'add', '-A');
  git(checkout, 'commit', '-qm', version);
  return git(checkout, 'rev-parse', 'HEAD');
}

/** Two commits, `old` and `new`, and `new` checked out with its dependencies there. */
function makeCheckout(locks: readonly [string, string] = ['same', 'same']): {
  readonly checkout: string;
  readonly old: string;
} {
  const checkout = join(folder, 'checkout');
  mkdirSync(checkout);
  git(checkout, 'init', '-q', '-b', 'main');
  const old = commit(checkout, 'old', locks[0]);
  commit(checkout, 'new', locks[1]);
  mkdirSync(join(checkout, 'node_modules'));
  return { checkout, old };
}

describe('buildBase', () => {
  it('builds the commit beside the checkout, shares its dependencies, and leaves nothing behind', async () => {
    const { checkout } = makeCheckout();
    const base = await buildBase('HEAD~1', processes, { signal, checkout });
    expect(readFileSync(base.bundle, 'utf8')).toBe('old');
    expect(base.dependencies).toBe('shared');
    expect(lstatSync(join(dirname(base.bundle), '../node_modules')).isSymbolicLink()).toBe(true);
    expect(existsSync(join(checkout, 'dist'))).toBe(false);
    await processes.stopAll();
    expect(existsSync(base.bundle)).toBe(false);
    expect(git(checkout, 'worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('gets the commit from origin where a shallow clone lacks it', async () => {
    const { checkout: origin, old } = makeCheckout();
    git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    const clone = join(folder, 'clone');
    git(folder, 'clone', '-q', '--depth=1', `file://${origin}`, clone);
    mkdirSync(join(clone, 'node_modules'));
    const base = await buildBase(old, processes, { signal, checkout: clone });
    expect(readFileSync(base.bundle, 'utf8')).toBe('old');
  });

  it('gets a branch from origin by the name that it has here, and leaves the history of a full clone whole', async () => {
    const { checkout: origin } = makeCheckout();
    const clone = join(folder, 'clone');
    git(folder, 'clone', '-q', `file://${origin}`, clone);
    git(origin, 'branch', 'later', 'HEAD~1');
    mkdirSync(join(clone, 'node_modules'));
    const base = await buildBase('origin/later', processes, { signal, checkout: clone });
    expect(readFileSync(base.bundle, 'utf8')).toBe('old');
    expect(git(clone, 'rev-parse', '--is-shallow-repository')).toBe('false');
  });

  it('says what to fetch where the commit is not here and nobody gives it', async () => {
    const { checkout: origin, old } = makeCheckout();
    const clone = join(folder, 'clone');
    git(folder, 'clone', '-q', '--depth=1', `file://${origin}`, clone);
    rmSync(origin, { recursive: true });
    await expect(buildBase(old, processes, { signal, checkout: clone })).rejects.toThrow(
      new RegExp(`There is no commit ${old} in this clone.*git fetch --depth=1 origin ${old}`, 's'),
    );
  });

  it('takes a name that looks like an option for a name', async () => {
    const { checkout } = makeCheckout();
    await expect(buildBase('--all', processes, { signal, checkout })).rejects.toThrow(/There is no commit --all/);
  });

  it('says so where base needs other dependencies and they cannot be installed', async () => {
    const { checkout } = makeCheckout(['not a lock file', 'another']);
    await expect(buildBase('HEAD~1', processes, { signal, checkout })).rejects.toThrow(
      /The dependencies of base differ from those installed here, and could not be installed/,
    );
  });

  it('says so where base cannot be built', async () => {
    const { checkout } = makeCheckout();
    write(join(checkout, 'build.ts'), 'throw new Error("no such thing")');
    git(checkout, 'commit', '-qam', 'broken');
    await expect(buildBase('HEAD', processes, { signal, checkout })).rejects.toThrow(
      /Base HEAD .*could not be built.*no such thing/s,
    );
  });
});
