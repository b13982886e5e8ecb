/**
 * The folder of a run. It has its final name only once everything is in it: a run that breaks leaves nothing half-written behind.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HarnessError, messageOf, removeFolder } from '#simulator';

export class RunFolder {
  /** Where files are written while the run goes on. */
  readonly partial: string;
  readonly final: string;

  constructor(out: string, name: string) {
    this.final = join(resolve(out), name);
    this.partial = join(resolve(out), `.${name}.partial`);
    try {
      mkdirSync(this.partial, { recursive: true });
    } catch (error) {
      throw new HarnessError(
        'usage',
        `Reports cannot be written to ${out}: ${messageOf(error)}. Name another folder with --out.`,
        {
          cause: error,
        },
      );
    }
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.partial, name), content);
  }

  finish(): void {
    renameSync(this.partial, this.final);
  }

  discard(): void {
    removeFolder(this.partial);
  }
}

/** Unique enough: a second, and the seed. */
export function runName(scenario: string, seed: number, at: Date): string {
  const stamp = at.toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
  return `${scenario}-${stamp}-seed${seed}`;
}
