import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const commandLine = fileURLToPath(new URL('command-line.ts', import.meta.url));

/** A command line of the harness, in a process of its own, with this for its only command. */
function endOfCommand(action: string): Promise<{ readonly exitCode: unknown; readonly stderr: string }> {
  const program = `
    import { Command } from 'commander';
    import { runCommandLine } from ${JSON.stringify(commandLine)};
    const program = () => new Command().action(async () => { ${action} });
    process.exitCode = await runCommandLine(program);`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, _, stderr) => resolve({ exitCode: error?.code ?? 0, stderr }));
  });
}

it.each([
  { what: 'a command that breaks', action: `throw new TypeError('fetch failed');` },
  {
    what: 'what breaks where nobody waits for it',
    action: `setTimeout(() => { throw new TypeError('fetch failed'); }, 10); await new Promise(() => setTimeout(() => {}, 5000));`,
  },
])('$what proves nothing, and shows its stack', async ({ action }) => {
  const { exitCode, stderr } = await endOfCommand(action);
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/The harness broke, so nothing is proved: fetch failed\nTypeError: fetch failed\n\s+at /);
});
