/**
 * A base image of this machine's own parts, FROM scratch, in the place of the one that the Dockerfile names: so the Dockerfile is tested where no registry
 * can be reached, and nothing is pulled where one can. It holds Node, npm with the packages that it has cached, and the few commands that the Dockerfile runs.
 */
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from '#simulator';

const run = promisify(execFile);
const COMMANDS = ['sh', 'env', 'mkdir', 'chown', 'ls'];

const DOCKERFILE = `FROM scratch
COPY root /
ENV PATH=/usr/local/bin:/usr/bin:/bin npm_config_cache=/npm-cache npm_config_offline=true
`;

/** `context`: an empty folder. */
export async function buildNodeImage(tag: string, context: string): Promise<void> {
  const root = join(context, 'root');
  mkdirSync(join(root, 'etc'), { recursive: true });
  mkdirSync(join(root, 'tmp'));
  // In a step of its own: the umask does not reach it.
  chmodSync(join(root, 'tmp'), 0o1777);
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  await copyProgram(process.execPath, root, 'usr/local/bin/node');
  for (const command of COMMANDS) await copyProgram(pathOf(command), root, `bin/${command}`);
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync('/bin/env', join(root, 'usr/bin/env'));
  cpSync(dirname(dirname(realpathSync(pathOf('npm')))), join(root, 'usr/lib/npm'), { recursive: true });
  symlinkSync('/usr/lib/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  const { stdout: cache } = await run('npm', ['config', 'get', 'cache']);
  cpSync(join(cache.trim(), '_cacache'), join(root, 'npm-cache/_cacache'), { recursive: true });
  writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
  await run('docker', ['build', '--quiet', '--tag', tag, context], { env: { ...process.env, DOCKER_BUILDKIT: '0' } });
}

function pathOf(program: string): string {
  const path = findOnPath(program, process.env);
  if (path === null) throw new Error(`no ${program} on PATH`);
  return path;
}

/** With the libraries that it loads. */
async function copyProgram(from: string, root: string, to: string): Promise<void> {
  copy(from, join(root, to));
  const { stdout } = await run('ldd', [from]);
  for (const [library] of stdout.matchAll(/\/\S+/g)) copy(library, join(root, library));
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(realpathSync(from), to);
}
