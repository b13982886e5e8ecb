/** A program of this machine that checks what we ship, with its own word on it. CI must have it; elsewhere its tests are left out, with one line that says so. */
import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';
import { findOnPath } from '#simulator';

export interface Tool {
  /** Null: this machine lacks it. */
  readonly path: string | null;
  /** All that it says. Its exit code is a value: what it checks may be wrong. */
  run(args: readonly string[], cwd?: string): Promise<{ readonly code: number; readonly output: string }>;
}

export interface ToolQuery {
  readonly program: string;
  /** The environment variable that may name it; without one, PATH decides. */
  readonly variable: string;
  readonly cure: string;
}

/** Registers the test that CI has it. */
export function findTool({ program, variable, cure }: ToolQuery): Tool {
  const path = process.env[variable] ?? findOnPath(program, process.env);
  const isCI = process.env['CI'] === 'true';
  const howToGetIt = `no ${program}: ${cure}, or name it in ${variable}`;
  if (path === null && !isCI) process.stderr.write(`Left out what ${program} checks: ${howToGetIt}.\n`);
  it(`has ${program}, wherever CI asks for it`, () => {
    expect(path !== null || !isCI ? 'there' : howToGetIt).toBe('there');
  });
  return {
    path,
    run: async (args, cwd) =>
      new Promise((resolve, reject) => {
        execFile(path ?? program, args, { cwd: cwd ?? process.cwd() }, (error, stdout, stderr) => {
          if (error !== null && typeof error.code !== 'number') reject(error);
          else resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
        });
      }),
  };
}
