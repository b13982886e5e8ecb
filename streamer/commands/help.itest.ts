import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandFixture } from './fixture-command.ts';

const COMMANDS: readonly (readonly string[])[] = [
  [],
  ['run'],
  ['validate'],
  ['check'],
  ['explain'],
  ['state'],
  ['state', 'show'],
  ['state', 'rewind'],
  ['state', 'migrate'],
  ['quarantine'],
  ['quarantine', 'list'],
  ['quarantine', 'retry'],
  ['audit'],
  ['replay'],
];

let fixture: CommandFixture;
beforeAll(() => {
  fixture = new CommandFixture();
});
afterAll(async () => fixture.close());

describe.concurrent('the command line', () => {
  it.each(COMMANDS.map((command) => [command.join(' ') || 'the program', command] as const))(
    '%s explains itself on one screen',
    async (_, command) => {
      const { code, stdout, stderr } = await fixture.run([...command, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const lines = stdout.trimEnd().split('\n');
      // The width that every terminal has.
      expect(lines.length).toBeLessThanOrEqual(32);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    },
  );

  it.each([
    ['no command', []],
    ['an unknown command', ['rnu']],
    ['a command without its configuration', ['check']],
    ['a group without a command', ['state']],
    ['an unknown option', ['audit', '--form', '2h ago']],
    ['a time that is none', ['state', 'rewind', '-c', 'x.yaml', '--to', 'tomorrow']],
    ['a file that is not there', ['explain', '-c', 'no-such.yaml']],
  ])('%s ends with exit code 2 and says what to do', async (_, args) => {
    const { code, stdout, stderr } = await fixture.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/--help|Usage:|cannot be read/);
  });
});
