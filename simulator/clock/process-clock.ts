/** The wall clock of one process of Node, set from outside while it runs. */
import { renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { aheadAt, clockFileVariable, clockRereadMs, type ClockStep, machineMsOf } from './clock-steps.ts';

const preload = fileURLToPath(new URL('preload.ts', import.meta.url));
/** So long before it counts a step is told, so that the process knows of it in time. */
const leadMs = 10 * clockRereadMs;

export class ProcessClock {
  readonly #path: string;
  readonly #steps: ClockStep[] = [];

  /** `path`: a file for it. */
  constructor(path: string, aheadMs: number) {
    this.#path = path;
    this.#add({ fromMs: 0, aheadMs });
  }

  /** What Node must be started with. */
  get nodeFlags(): readonly string[] {
    return ['--import', preload];
  }

  get env(): Readonly<Record<string, string>> {
    return { [clockFileVariable]: this.#path };
  }

  /** Sets it, in a moment: gives back when, by the machine's clock. */
  set(aheadMs: number): number {
    const fromMs = Date.now() + leadMs;
    this.#add({ fromMs, aheadMs });
    return fromMs;
  }

  /** Now, or at another moment of the machine's clock. */
  aheadMs(machineMs = Date.now()): number {
    return aheadAt(this.#steps, machineMs);
  }

  /** What the process has written down, by the machine's clock. */
  toMachineMs(shownMs: number): number {
    return machineMsOf(this.#steps, shownMs, Date.now());
  }

  #add(step: ClockStep): void {
    this.#steps.push(step);
    // Renamed into its place: whoever reads it finds one or the other, and no half.
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#steps));
    renameSync(`${this.#path}.new`, this.#path);
  }
}
