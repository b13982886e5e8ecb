/**
 * All children of one run. Invariant: after `stopAll`, or after the end of the harness by any cause, none of them runs
 * and none of the temporary folders exists.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child, type ChildOptions } from './child.ts';
import { Guard } from './guard.ts';
import { removeFolder } from './remove-folder.ts';

const stopGraceMs = 10_000;

export class Processes {
  readonly logFolder: string;
  readonly guard = new Guard();
  readonly #children: Child[] = [];
  readonly #folders: string[] = [];
  readonly #closers: (() => Promise<void>)[] = [];

  constructor(logFolder: string) {
    mkdirSync(logFolder, { recursive: true });
    this.logFolder = logFolder;
  }

  async start(options: Omit<ChildOptions, 'logFolder'>): Promise<Child> {
    const child = await Child.start({ ...options, logFolder: this.logFolder }, this.guard);
    this.#children.push(child);
    return child;
  }

  /** A TypeScript program of this repository, as a process of its own. */
  async startScript(name: string, script: URL, args: readonly string[], env: ChildOptions['env'] = {}): Promise<Child> {
    // The loader by its full address: the current folder may be any.
    const loader = ['--import', import.meta.resolve('tsx')];
    return this.start({ name, command: process.execPath, args: [...loader, fileURLToPath(script), ...args], env });
  }

  /** A folder that disappears with the run. */
  temporaryFolder(name: string): string {
    const path = mkdtempSync(join(tmpdir(), `s3es-${name}-`));
    this.guard.order({ kind: 'watch-folder', path });
    this.#folders.push(path);
    return path;
  }

  /** Something to undo that is not a process of ours (a container, objects in a foreign bucket). Undone last first, before the processes end. */
  onStop(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  /** Those that have ended without being told to, and not well: often the cause of whatever went wrong elsewhere. */
  endedByThemselves(): readonly Child[] {
    return this.#children.filter((child) => !child.wasTold && child.status !== null && child.status.code !== 0);
  }

  /** Ends everything, last started first. Every step is tried; the first failure is reported at the end. */
  async stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0).toReversed()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    await Promise.all(this.#children.splice(0).map((child) => child.stop(stopGraceMs)));
    for (const path of this.#folders.splice(0)) removeFolder(path);
    await this.guard.close();
    if (failures.length > 0) throw new AggregateError(failures, 'something could not be undone at the end of the run');
  }
}
