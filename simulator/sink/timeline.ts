/** What was stored in each second, and when nothing was. Invariant: at most `secondsMax` seconds and `pausesMax` pauses are kept, the oldest go first. */

export interface TimelineSecond {
  /** Start of the second; epoch ms. */
  readonly tMs: number;
  readonly posts: number;
  readonly bytes: number;
  readonly lines: number;
  /** Bytes of each agent. */
  readonly agentBytes: readonly number[];
}

/** A time in which nothing was stored, between two stored bodies; epoch ms. Shorter ones than `pauseMsMin` are not kept. */
export interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Second extends TimelineSecond {
  posts: number;
  bytes: number;
  lines: number;
  readonly agentBytes: number[];
}

const secondsMax = 24 * 60 * 60;
const pauseMsMin = 200;
const pausesMax = 10_000;

export class Timeline {
  readonly #agentCount: number;
  readonly #seconds: Second[] = [];
  readonly #pauses: Pause[] = [];
  #lastMs: number | null = null;

  constructor(agentCount: number) {
    this.#agentCount = agentCount;
  }

  add(agent: number, bytes: number, lines: number, atMs: number): void {
    const second = this.#secondAt(Math.floor(atMs / 1_000) * 1_000);
    this.#notePause(atMs);
    second.posts += 1;
    second.bytes += bytes;
    second.lines += lines;
    second.agentBytes[agent] = (second.agentBytes[agent] ?? 0) + bytes;
  }

  /** Only seconds in which something was stored. */
  seconds(): readonly TimelineSecond[] {
    return this.#seconds;
  }

  pauses(): readonly Pause[] {
    return this.#pauses;
  }

  #notePause(atMs: number): void {
    if (this.#lastMs !== null && atMs - this.#lastMs >= pauseMsMin) {
      this.#pauses.push({ fromMs: this.#lastMs, toMs: atMs });
      if (this.#pauses.length > pausesMax) this.#pauses.shift();
    }
    this.#lastMs = atMs;
  }

  #secondAt(tMs: number): Second {
    const last = this.#seconds.at(-1);
    if (last !== undefined && last.tMs >= tMs) return last;
    const added = { tMs, posts: 0, bytes: 0, lines: 0, agentBytes: Array.from({ length: this.#agentCount }, () => 0) };
    this.#seconds.push(added);
    if (this.#seconds.length > secondsMax) this.#seconds.shift();
    return added;
  }
}
