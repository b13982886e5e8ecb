/** The image: built from the Dockerfile as it is, run as somebody would run it who trusts nothing (no capability, nothing writable but the state), and stopped. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { freePort, isDockerAnswering } from '#simulator';
import { CommandFixture, recordLine } from '../streamer/commands/fixture-command.ts';
import { buildNodeImage } from './node-image.ts';

const run = promisify(execFile);
/** Some seconds, on a machine that does nothing else. */
const BUILD_MS_MAX = 480_000;
const isCI = process.env['CI'] === 'true';
const hasDocker = await isDockerAnswering(process.env['DOCKER_HOST']);
if (!hasDocker && !isCI) process.stderr.write('Left out the image: no Docker engine answers.\n');

/** Names of this run alone, so that neither an upstream image nor another run is touched. */
const NAME = `s3es-test-${process.pid}`;
const BASE = `${NAME}-node:local`;
const BUILD = `${NAME}-build:local`;
const HARNESS = `${NAME}-harness:local`;
const IMAGE = `${NAME}:local`;

const imageSchema = z.tuple([
  z.object({
    Config: z.object({
      User: z.string(),
      Entrypoint: z.array(z.string()),
      Env: z.array(z.string()),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
    }),
  }),
]);

async function docker(args: readonly string[]): Promise<string> {
  return (await run('docker', args, { env: { ...process.env, DOCKER_BUILDKIT: '0' } })).stdout.trim();
}

it('has a Docker engine, wherever CI asks for one', () => {
  expect(hasDocker || !isCI ? 'there' : 'no Docker engine answers: start one').toBe('there');
});

describe.skipIf(!hasDocker)('the image', () => {
  let fixture: CommandFixture;
  let context: string;

  beforeAll(async () => {
    fixture = new CommandFixture();
    context = mkdtempSync(join(tmpdir(), 's3es-image-'));
    await buildNodeImage(BASE, context);
    // The stages one by one: with a name each can be removed.
    const build = ['build', '--quiet', '--build-arg', `NODE_IMAGE=${BASE}`];
    await docker([...build, '--target', 'build', '--tag', BUILD, process.cwd()]);
    await docker([...build, '--target', 'harness', '--tag', HARNESS, process.cwd()]);
    await docker([...build, '--tag', IMAGE, process.cwd()]);
  }, BUILD_MS_MAX);

  afterAll(async () => {
    await fixture.close();
    for (const image of [IMAGE, HARNESS, BUILD, BASE]) await docker(['rmi', '--force', image]).catch(() => undefined);
    rmSync(context, { recursive: true, force: true });
  }, BUILD_MS_MAX);

  it('runs the program itself, not as root, with a check of its health and no secret', async () => {
    const [{ Config: config }] = imageSchema.parse(JSON.parse(await docker(['inspect', IMAGE])));
    expect(config.User).toBe('node');
    expect(config.Entrypoint).toEqual(['node', '--max-semi-space-size=2', '/app/streamer.js']);
    expect(config.Healthcheck.Test.slice(0, 2)).toEqual(['CMD', 'node']);
    expect(config.Env.join('\n')).not.toMatch(/secret|token|password|key/i);
  });

  it('holds the program and its licences, no sources and no packages', async () => {
    const listed = await docker([
      'run',
      '--rm',
      '--network',
      'none',
      '--entrypoint',
      'ls',
      IMAGE,
      '/app',
      '/build',
    ]).catch((error: { stdout: string; stderr: string }) => error.stdout + error.stderr);
    expect(listed).toMatch(/\/app:\s+LICENSE\s+licenses\.txt\s+streamer\.js/);
    expect(listed).toMatch(/\/build.*No such file/);
  });

  it('has a twin that simulates: the mock EdgeDelta of compose.yaml starts in it', async () => {
    const help = await docker(['run', '--rm', '--network', 'none', HARNESS, 'simulator/sink/main.ts', '--help']);
    expect(help).toContain('mock EdgeDelta');
  });

  it('delivers, is healthy, and ends with 0 at `docker stop`', async () => {
    await fixture.startS3();
    const endpoint = await fixture.startEndpoint();
    await fixture.put(`${Math.floor(Date.now() / 1000)}_1_1_1.gz`, recordLine('a'));
    const healthPort = await freePort();
    const config = fixture.writeConfig([endpoint.url], {
      state: { file_path: '/var/lib/s3-streamer/state.json' },
      health: { enabled: true, address: `127.0.0.1:${healthPort}` },
    });
    const container = await docker(
      [
        'run --detach --network host --read-only --cap-drop ALL --security-opt no-new-privileges --health-interval 1s',
        `--env HEALTH_PORT=${healthPort} --env AWS_ACCESS_KEY_ID=embedded --env AWS_SECRET_ACCESS_KEY=embedded`,
        `--volume ${config}:/etc/s3-streamer/config.yaml:ro ${IMAGE}`,
      ].flatMap((line) => line.split(' ')),
    );
    try {
      await expect.poll(() => endpoint.bodies, { timeout: 30_000 }).toEqual([recordLine('a')]);
      const health = async (): Promise<string> =>
        docker(['inspect', '--format', '{{.State.Health.Status}}', container]);
      await expect.poll(health, { timeout: 30_000, interval: 250 }).toBe('healthy');
      const startMs = Date.now();
      await docker(['stop', '--time', '30', container]);
      expect(await docker(['inspect', '--format', '{{.State.ExitCode}}', container])).toBe('0');
      // Had the signal not arrived, it would have been killed at the end of the 30 s.
      expect(Date.now() - startMs).toBeLessThan(25_000);
      expect(await docker(['logs', container])).toContain('"streamer stopped"');
    } finally {
      await docker(['rm', '--force', '--volumes', container]);
    }
  });
});
