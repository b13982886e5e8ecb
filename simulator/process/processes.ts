/**
 * All children of one run. Invariant: after `stopAll`, or after the end of the harness by any cause, none of them runs
 * and none of the temporary folders exists.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child, type ChildOptions } from './child.ts';
import { HarnessError, messageOf } from './errors.ts';
import { Guard } from './guard.ts';
import { removeFolder } from './remove-folder.ts';

const stopGraceMs = 10_000;
const containerLabel = 's3es.run';

export interface NeededService {
  /** With its address. */
  readonly name: string;
  /** Never rejects. */
  readonly isAnswering: () => Promise<boolean>;
}

export class Processes {
  readonly logFolder: string;
  readonly guard = new Guard();
  readonly #run = randomUUID();
  readonly #children: Child[] = [];
  readonly #folders: string[] = [];
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #cleaners: (() => Promise<void>)[] = [];
  readonly #needed: NeededService[] = [];
  readonly #failures: unknown[] = [];
  /** Settles when nothing is being stopped. */
  #stopped: Promise<void> = Promise.resolve();

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

  /** The label, name and value, that containers of this run get before they start: by it they are found and removed however the harness ends. */
  containerLabels(): Readonly<Record<string, string>> {
    this.guard.order({ kind: 'watch-containers', label: `${containerLabel}=${this.#run}` });
    return { [containerLabel]: this.#run };
  }

  /** Something to undo that is not a process of ours (a container, a connection). Undone last first, before the processes end. */
  onStop(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  /** As `onStop`, but after the processes have ended: what they have left in a foreign service, which they could add to until then. */
  onEnd(clean: () => Promise<void>): void {
    this.#cleaners.push(clean);
  }

  /** A service that the run cannot do without, and that is no process of ours. */
  need(service: NeededService): void {
    this.#needed.push(service);
  }

  /** Of the needed services those that do not answer now. */
  async missingServices(): Promise<readonly string[]> {
    const answers = await Promise.all(this.#needed.map(async ({ isAnswering }) => isAnswering()));
    return this.#needed.filter((_, index) => answers[index] === false).map(({ name }) => name);
  }

  /** Those that have ended without being told to, and not well: often the cause of whatever went wrong elsewhere. */
  endedByThemselves(): readonly Child[] {
    return this.#children.filter((child) => !child.wasTold && child.status !== null && child.status.code !== 0);
  }

  /**
   * Ends everything, last started first. Every step is tried; failures are reported at the end. Called once more, it waits for what the first call is still
   * undoing, ends what has been added meanwhile, and reports all failures.
   */
  async stopAll(): Promise<void> {
    this.#stopped = this.#stopped.then(async () => this.#stopPresent());
    await this.#stopped;
    if (this.#failures.length === 0) return;
    const reasons = this.#failures.map((failure) => `\n  ${messageOf(failure)}`).join('');
    const leftover = `but something could not be undone at the end of the run:${reasons}`;
    const cause = new AggregateError(this.#failures);
    throw new HarnessError('broken', `Everything was ended, ${leftover}`, { cause, leftover });
  }

  /** Never rejects. */
  async #stopPresent(): Promise<void> {
    for (const close of this.#closers.splice(0).toReversed()) await this.#try(close);
    await Promise.all(this.#children.splice(0).map((child) => this.#try(() => child.stop(stopGraceMs))));
    for (const clean of this.#cleaners.splice(0).toReversed()) await this.#try(clean);
    for (const path of this.#folders.splice(0)) await this.#try(async () => removeFolder(path));
    await this.guard.close();
  }

  async #try(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#failures.push(error);
    }
  }
}
