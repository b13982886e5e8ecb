/**
 * One child process of the harness.
 * Its streams are files of its own (never the harness's streams), it leads its own process group, and it is ended by pid.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, HarnessError, messageOf } from './errors.ts';
import type { Guard } from './guard.ts';
import { LogTail } from './log-tail.ts';

export interface ChildOptions {
  /** For messages and for the names of its log files. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the harness's own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly logFolder: string;
  /** The program that the run is about, and no part of its surroundings. */
  readonly isUnderTest?: boolean;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface LogPaths {
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutStart: number;
}

const logTailLines = 12;
const logLineCharsMax = 300;
const readyPollMs = 20;

export class Child {
  readonly name: string;
  readonly isUnderTest: boolean;
  readonly pid: number;
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** Settles when the process has ended; never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Where its own output begins in the file. */
  readonly #stdoutStart: number;
  /** Whether we have sent it a signal. */
  wasTold = false;
  #status: ExitStatus | null = null;

  private constructor(
    options: ChildOptions,
    paths: LogPaths,
    started: ChildProcess & { readonly pid: number },
    guard: Guard,
  ) {
    this.name = options.name;
    this.isUnderTest = options.isUnderTest ?? false;
    this.pid = started.pid;
    this.stdoutPath = paths.stdout;
    this.stderrPath = paths.stderr;
    this.#stdoutStart = paths.stdoutStart;
    guard.order({ kind: 'watch-process', pid: started.pid });
    this.exited = new Promise((resolve) => {
      started.once('exit', (code, signal) => {
        this.#status = { code, signal };
        guard.order({ kind: 'forget-process', pid: started.pid });
        resolve(this.#status);
      });
    });
  }

  static async start(options: ChildOptions, guard: Guard): Promise<Child> {
    const stdout = join(options.logFolder, `${options.name}.out.log`);
    const paths = {
      stdout,
      stderr: join(options.logFolder, `${options.name}.err.log`),
      stdoutStart: statSync(stdout, { throwIfNoEntry: false })?.size ?? 0,
    };
    // Appended to: a restarted process goes on in the same files.
    const files = [openSync(paths.stdout, 'a'), openSync(paths.stderr, 'a')] as const;
    try {
      const started = spawn(options.command, options.args, {
        detached: true,
        stdio: ['ignore', files[0], files[1]],
        env: { ...process.env, ...options.env },
      });
      if (hasPid(started)) return new Child(options, paths, started, guard);
      const [cause]: unknown[] = await once(started, 'error');
      throw new HarnessError('broken', `${options.name} could not be started: ${messageOf(cause)}`, { cause });
    } finally {
      for (const file of files) closeSync(file);
    }
  }

  /** Null while it runs. */
  get status(): ExitStatus | null {
    return this.#status;
  }

  kill(signal: NodeJS.Signals): void {
    this.wasTold = true;
    if (this.#status !== null) return;
    try {
      process.kill(this.pid, signal);
    } catch (error) {
      if (errorCode(error) !== 'ESRCH') throw error;
    }
  }

  /** SIGTERM, and SIGKILL when it has not ended within the grace. */
  async stop(graceMs: number): Promise<ExitStatus> {
    this.kill('SIGTERM');
    // A paused process would take it only when it goes on.
    this.kill('SIGCONT');
    const timer = setTimeout(() => this.kill('SIGKILL'), graceMs);
    const status = await this.exited;
    clearTimeout(timer);
    return status;
  }

  /** The first line of its stdout that `read` makes something of. Fails when the process ends first, or takes too long. */
  async waitForLine<T>(read: (line: string) => T | null, timeoutMs: number): Promise<T> {
    const tail = new LogTail(this.stdoutPath, this.#stdoutStart);
    const deadlineMs = Date.now() + timeoutMs;
    for (;;) {
      const ended = this.#status !== null;
      for (const line of tail.readNew()) {
        const found = read(line);
        if (found !== null) return found;
      }
      if (ended)
        throw new HarnessError(
          'broken',
          `${this.name} ended before it was ready (${this.describeExit()}).\n${this.lastLines()}`,
        );
      if (Date.now() > deadlineMs) {
        throw new HarnessError(
          'broken',
          `${this.name} was not ready within ${timeoutMs / 1000} s.\n${this.lastLines()}`,
        );
      }
      await sleep(readyPollMs);
    }
  }

  describeExit(): string {
    if (this.#status === null) return 'still running';
    return this.#status.signal === null ? `exit code ${this.#status.code}` : `killed by ${this.#status.signal}`;
  }

  /** The end of its two logs, for a message. */
  lastLines(): string {
    const lines = [this.stdoutPath, this.stderrPath].flatMap((path) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
        .slice(-logTailLines),
    );
    if (lines.length === 0) return '  It logged nothing.';
    return lines.map((line) => `  ${this.name} | ${shorten(line)}`).join('\n');
  }
}

/** The first line that is a JSON object with `ready: true`: how our own processes say that they are up. */
export function readReadyLine(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith('{')) return null;
  const parsed: Readonly<Record<string, unknown>> = JSON.parse(line);
  return parsed['ready'] === true ? parsed : null;
}

function hasPid(started: ChildProcess): started is ChildProcess & { readonly pid: number } {
  return started.pid !== undefined;
}

function shorten(line: string): string {
  return line.length <= logLineCharsMax ? line : `${line.slice(0, logLineCharsMax)}...`;
}
