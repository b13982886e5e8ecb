import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSinkArguments } from './arguments.ts';

function parse(...args: readonly string[]) {
  return parseSinkArguments(['node', 'main.ts', ...args]);
}

describe('parseSinkArguments', () => {
  let complaints = '';
  beforeEach(() => {
    complaints = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      complaints += String(text);
      return true;
    });
  });
  afterEach(() => vi.restoreAllMocks());

  it('starts three agents on free ports, judging nothing, unless told otherwise', () => {
    expect(parse()).toMatchObject({
      ports: [0, 0, 0],
      host: '127.0.0.1',
      controlPort: 0,
      loadDir: null,
      faults: [],
      splitsLines: true,
      tls: null,
      takesMetrics: false,
    });
  });

  it('reads every option', () => {
    const args = [
      '--ports',
      '8080, 8081',
      '--load',
      'dir',
      '--seed',
      '9',
      '--path',
      '/logs',
      '--auth',
      'bearer:t',
      '--no-split',
    ];
    expect(parse(...args, '--fault', '{"kind":"hang"}', '--fault', '{"kind":"pause","agent":1}')).toMatchObject({
      ports: [8_080, 8_081],
      loadDir: 'dir',
      seed: 9,
      path: '/logs',
      auth: { scheme: 'bearer', token: 't' },
      splitsLines: false,
      faults: [
        { kind: 'hang', agent: 'all', rate: 1, isStored: false },
        { kind: 'pause', agent: 1 },
      ],
    });
  });

  it.each([
    { args: ['--agents', '0'], says: 'a number from 1 to 100' },
    { args: ['--agents', '2', '--ports', '1,2,3'], says: 'contradict each other' },
    { args: ['--ports', '8080,x'], says: 'whole number' },
    { args: ['--control-port', '70000'], says: 'from 0 to 65535' },
    { args: ['--fault', '{'], says: 'not JSON' },
    { args: ['--fault', '{"kind":"status"}'], says: 'at status' },
    { args: ['--nonsense'], says: 'unknown option' },
    { args: ['extra'], says: 'too many arguments' },
  ])('says what is wrong with $args', ({ args, says }) => {
    expect(() => parse(...args)).toThrow(CommanderError);
    expect(complaints).toContain(says);
  });

  it('does not repeat credentials that it cannot read', () => {
    expect(() => parse('--auth', 'secret-token')).toThrow(CommanderError);
    expect(complaints).toContain('bearer:TOKEN');
    expect(complaints).not.toContain('secret-token');
  });

  it('has a help that fits a screen', () => {
    let help = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      help += String(text);
      return true;
    });
    expect(() => parse('--help')).toThrow(CommanderError);
    const lines = help.split('\n');
    expect(lines.length).toBeLessThanOrEqual(36);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});
