import { CommanderError } from 'commander';
import { HarnessError } from '#simulator';
import { describe, expect, it } from 'vitest';
import { endOf } from './command-line.ts';

describe('endOf', () => {
  it.each([
    { fault: 'usage', exitCode: 2 },
    { fault: 'broken', exitCode: 3 },
    { fault: 'streamer', exitCode: 1 },
  ] as const)('ends with $exitCode, and one sentence, where the fault is $fault', ({ fault, exitCode }) => {
    expect(endOf(new HarnessError(fault, 'It is so.'))).toEqual({ exitCode, text: 'It is so.\n' });
  });

  it('holds an error that nobody foresaw for the own, which proves nothing, and shows where it comes from', () => {
    const error = new Error('no space left', { cause: new TypeError('fetch failed') });
    const { exitCode, text } = endOf(error);
    expect(exitCode).toBe(3);
    expect(text).toMatch(/^The harness broke, so nothing is proved: no space left\n/);
    expect(text).toContain('command-line.test.ts');
    expect(text).toContain('fetch failed');
  });

  it('adds nothing to what the parser has said', () => {
    expect(endOf(new CommanderError(1, 'commander.unknownOption', 'unknown'))).toEqual({ exitCode: 2, text: '' });
    expect(endOf(new CommanderError(0, 'commander.helpDisplayed', 'help'))).toEqual({ exitCode: 0, text: '' });
  });
});
