/** Every command that the docs tell somebody to type exists, with every option that they give it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CommandFixture } from '../streamer/commands/fixture-command.ts';
import { buildBundle } from '../streamer/testing/bundle.ts';

const pages = ['README.md', ...readdirSync('docs').map((name) => join('docs', name))];
const SHOWN = /s3-edgedelta-streamer ((?:state|quarantine) [a-z]+|[a-z]+)\b([^`\n]*)/g;

/** `#` begins a remark. */
const shown = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(SHOWN)].map(([, command = '', rest = '']) => ({
    page,
    command,
    options: (rest.split(' # ')[0] ?? '').match(/--[a-z-]+/g) ?? [],
  })),
);
const commands = Map.groupBy(
  shown.filter(({ options }) => options.length > 0),
  ({ command }) => command,
);

let folder: string;
let fixture: CommandFixture;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 's3es-docs-'));
  fixture = new CommandFixture({ program: [await buildBundle(folder)] });
});
afterAll(async () => {
  await fixture.close();
  rmSync(folder, { recursive: true, force: true });
});

it('the docs show commands', () => {
  expect(commands.size).toBeGreaterThan(5);
});

it.each([...commands])('`%s` has the options that the docs give it', async (command, places) => {
  const { code, stdout } = await fixture.run([...command.split(' '), '--help']);
  expect({ command, code }).toEqual({ command, code: 0 });
  const unknown = places.flatMap(({ page, options }) =>
    options.filter((option) => !stdout.includes(`${option} `)).map((option) => `${page}: ${option}`),
  );
  expect(unknown).toEqual([]);
});
