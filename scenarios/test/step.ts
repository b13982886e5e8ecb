/** One step of `npm test`: a command whose output is shown only when it fails. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Step {
  readonly name: string;
  /** Of package.json, so that `npm test` and the script by itself can never differ. */
  readonly script: string;
  readonly args: readonly string[];
  /** Beside the variables of this process, and before them. */
  readonly env: Readonly<Record<string, string>>;
}

export interface StepResult {
  readonly code: number;
  readonly output: string;
  readonly durationS: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** stdout and stderr together, in the order in which they came. The signal ends the step. */
export async function runStep({ script, args, env }: Step, signal: AbortSignal): Promise<StepResult> {
  const startedMs = performance.now();
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const child = spawn(npm, ['run', '--silent', script, ...withDashes(args)], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  // SIGINT, as from a terminal: npm and vitest pass it on and end what they started.
  const onAbort = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', onAbort, { once: true });
  const [code]: unknown[] = await once(child, 'close');
  signal.removeEventListener('abort', onAbort);
  return {
    code: typeof code === 'number' ? code : 1,
    output: Buffer.concat(output).toString('utf8'),
    durationS: (performance.now() - startedMs) / 1000,
  };
}

/** For a shell. */
export function commandOf({ script, args, env }: Step): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [...variables, 'npm', 'run', script, ...withDashes(args)].join(' ');
}

function withDashes(args: readonly string[]): readonly string[] {
  return args.length === 0 ? [] : ['--', ...args];
}
