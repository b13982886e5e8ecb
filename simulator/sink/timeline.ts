/** What was stored in each second. Invariant: at most `secondsMax` are kept, the oldest go first. */

export interface TimelineSecond {
  /** Start of the second; epoch ms. */
  readonly tMs: number;
  readonly posts: number;
  readonly bytes: number;
  readonly lines: number;
  /** Bytes of each agent. */
  readonly agentBytes: readonly number[];
}

interface Second extends TimelineSecond {
  posts: number;
  bytes: number;
  lines: number;
  readonly agentBytes: number[];
}

const secondsMax = 24 * 60 * 60;

export class Timeline {
  readonly #agentCount: number;
  readonly #seconds: Second[] = [];

  constructor(agentCount: number) {
    this.#agentCount = agentCount;
  }

  add(agent: number, bytes: number, lines: number, atMs: number): void {
    const second = this.#secondAt(Math.floor(atMs / 1_000) * 1_000);
    second.posts += 1;
    second.bytes += bytes;
    second.lines += lines;
    second.agentBytes[agent] = (second.agentBytes[agent] ?? 0) + bytes;
  }

  /** Only seconds in which something was stored. */
  seconds(): readonly TimelineSecond[] {
    return this.#seconds;
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
