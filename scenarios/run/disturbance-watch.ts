/** Watches, from the outside, what a run cannot help: CPU time that the host gave to others, and a wall clock that was set. */
import { readFileSync } from 'node:fs';

const pollMs = 250;

interface CpuTicks {
  readonly total: number;
  readonly stolen: number;
}

export interface WatchedClocks {
  /** Epoch ms. */
  readonly wallMs: () => number;
  /** Never set by anybody. */
  readonly steadyMs: () => number;
}

const systemClocks: WatchedClocks = { wallMs: () => Date.now(), steadyMs: () => performance.now() };

export class DisturbanceWatch {
  readonly #clocks: WatchedClocks;
  readonly #before: CpuTicks | null;
  readonly #timer: NodeJS.Timeout;
  #offsetMs: number;
  #clockJumpMsMax = 0;

  constructor(clocks = systemClocks) {
    this.#clocks = clocks;
    this.#before = readTicks();
    this.#offsetMs = this.#offset();
    this.#timer = setInterval(() => this.look(), pollMs);
    this.#timer.unref();
  }

  /** Compares the clocks now. */
  look(): void {
    const offsetMs = this.#offset();
    this.#clockJumpMsMax = Math.max(this.#clockJumpMsMax, Math.abs(offsetMs - this.#offsetMs));
    this.#offsetMs = offsetMs;
  }

  get clockJumpMsMax(): number {
    return this.#clockJumpMsMax;
  }

  /** Of all CPU time since the beginning; null where the system does not tell (only Linux does). */
  get cpuStealShare(): number | null {
    const now = readTicks();
    return now === null || this.#before === null ? null : stealShare(this.#before, now);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #offset(): number {
    return this.#clocks.wallMs() - this.#clocks.steadyMs();
  }
}

export function stealShare(before: CpuTicks, after: CpuTicks): number {
  const total = after.total - before.total;
  return total <= 0 ? 0 : (after.stolen - before.stolen) / total;
}

/** First line: `cpu user nice system idle iowait irq softirq steal guest guest_nice`; the guests' time is part of user's and nice's. */
export function parseCpuTicks(procStat: string): CpuTicks | null {
  const fields = /^cpu +(?<fields>[\d ]+)$/m.exec(procStat)?.groups?.['fields'];
  if (fields === undefined) return null;
  const ticks = fields.split(' ').map(Number).slice(0, 8);
  return { total: ticks.reduce((sum, value) => sum + value, 0), stolen: ticks[7] ?? 0 };
}

function readTicks(): CpuTicks | null {
  try {
    return parseCpuTicks(readFileSync('/proc/stat', 'utf8'));
  } catch {
    // Not Linux.
    return null;
  }
}
