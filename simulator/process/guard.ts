/**
 * The harness's end of the guard (see guard-main.ts). Invariant: whatever is watched ends when this process ends, for whatever reason.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { formatOrder, type GuardOrder } from './guard-orders.ts';

export class Guard {
  readonly #process: ChildProcess;

  constructor() {
    this.#process = spawn(process.execPath, [fileURLToPath(new URL('guard-main.ts', import.meta.url))], {
      // Its own session: a Ctrl-C in the terminal, or the end of the terminal, does not reach it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      // Without NODE_OPTIONS: a debugger or a loader meant for the harness is none of the guard's business.
      env: { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1' },
    });
    // An order to a dead guard must not end the harness; the children are then ended by `stop` alone.
    this.#process.stdin?.on('error', () => undefined);
    this.#process.unref();
  }

  order(order: GuardOrder): void {
    this.#process.stdin?.write(formatOrder(order));
  }

  /** Ends the guard, and through it whatever is still watched. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.order({ kind: 'end' });
    this.#process.ref();
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin?.end();
    await gone;
  }
}
