/** What npm publishes, on a machine that has Node and npm and nothing else: packed, installed without a network, started by `npx`, stopped by SIGTERM. */
import { execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CommandFixture, recordLine } from '../streamer/commands/fixture-command.ts';
import { buildBundle } from '../streamer/testing/bundle.ts';

const run = promisify(execFile);
const packedSchema = z.tuple([
  z.object({ filename: z.string(), files: z.array(z.object({ path: z.string(), mode: z.number() })) }),
]);

let fixture: CommandFixture;
/** Where the package is installed; also the home folder, so that no cache and no setting of this machine helps. */
let home: string;
let packed: z.infer<typeof packedSchema>[0];
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  fixture = new CommandFixture();
  home = mkdtempSync(join(tmpdir(), 's3es-package-'));
  // A copy of what is packed: the tests beside this one are using `dist/`.
  const source = join(home, 'source');
  mkdirSync(join(source, 'dist'), { recursive: true });
  for (const name of ['package.json', 'README.md', 'LICENSE']) copyFileSync(name, join(source, name));
  await buildBundle(join(source, 'dist'));
  const ownPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  environment = { PATH: [dirname(process.execPath), ...ownPath].join(delimiter), HOME: home };
  packed = packedSchema.parse(
    await jsonOf(['pack', source, '--ignore-scripts', '--json', '--pack-destination', home]),
  )[0];
  await npm(['init', '--yes']);
  await npm(['install', '--offline', '--no-audit', '--no-fund', join(home, packed.filename)]);
});

afterAll(async () => {
  await fixture.close();
  rmSync(home, { recursive: true, force: true });
});

async function npm(args: readonly string[]): Promise<string> {
  return (await run('npm', args, { cwd: home, env: environment })).stdout;
}

async function jsonOf(args: readonly string[]): Promise<unknown> {
  return JSON.parse(await npm(args));
}

/** Whatever is left of it. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
}

describe('the npm package', () => {
  it('holds the program, its licences and what a package page shows, and nothing else', () => {
    expect(packed.files.map(({ path }) => path).toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'dist/licenses.txt',
      'dist/streamer.js',
      'package.json',
    ]);
    expect(packed.files.find(({ path }) => path === 'dist/streamer.js')?.mode).toBe(0o755);
  });

  it('asks for no other package, because it contains them', async () => {
    const tree = z
      .object({ dependencies: z.record(z.string(), z.object({ dependencies: z.unknown().optional() })) })
      .parse(await jsonOf(['ls', '--all', '--json']));
    expect(Object.keys(tree.dependencies)).toEqual(['s3-edgedelta-streamer']);
    expect(tree.dependencies['s3-edgedelta-streamer']?.dependencies).toBeUndefined();
  });

  it('names the licence of every package that it contains', () => {
    const licenses = readFileSync(join(home, 'source', 'dist', 'licenses.txt'), 'utf8');
    for (const name of ['@aws-sdk/client-s3', '@grpc/grpc-js', 'pino', 'undici', 'zod'])
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((?:Apache-2\\.0|MIT)\\)$`, 'm'));
    expect(licenses).toContain('Permission is hereby granted, free of charge');
    expect(licenses).not.toMatch(/\((?:A?GPL|LGPL|UNLICENSED)/);
  });
});

describe('npx s3-edgedelta-streamer', () => {
  it('says its version', async () => {
    const { stdout } = await run('npx', ['s3-edgedelta-streamer', '--version'], { cwd: home, env: environment });
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync('package.json', 'utf8')));
    expect(stdout.trim()).toBe(version);
  });

  it('runs: delivers what is in the bucket, and ends with 0 at SIGTERM', async () => {
    await fixture.startS3();
    const endpoint = await fixture.startEndpoint();
    await fixture.put(`${Math.floor(Date.now() / 1000)}_1_1_1.gz`, recordLine('a') + recordLine('b'));
    const config = fixture.writeConfig([endpoint.url]);
    const child = spawn('npx', ['s3-edgedelta-streamer', 'run', '--config', config], {
      cwd: home,
      env: { ...environment, AWS_ACCESS_KEY_ID: 'embedded', AWS_SECRET_ACCESS_KEY: 'embedded' },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let log = '';
    child.stdout.on('data', (text: Buffer) => (log += text.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    try {
      await expect.poll(() => endpoint.bodies, { timeout: 20_000 }).toEqual([recordLine('a') + recordLine('b')]);
      // npx and its shell pass no signal on: a supervisor signals the program.
      process.kill(Number(/"pid":(\d+)/.exec(log)?.[1]), 'SIGTERM');
      expect(await ended).toBe(0);
      expect(log).toContain('"streamer stopped"');
    } finally {
      endGroup(child.pid);
    }
  });
});
