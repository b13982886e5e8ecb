/** Looks at the sink's event loop about once a second: a sink that has no time left measures itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SinkClient } from '#simulator';

export interface UtilizationSample {
  readonly atMs: number;
  readonly utilization: number;
}

interface Mark {
  readonly atMs: number;
  readonly activeMs: number;
  readonly idleMs: number;
}

const intervalMs = 1000;
/** Over a shorter time, one busy moment (a garbage collection, a machine that has no core free) would look like a saturated sink. */
const spanMsMin = 2900;

export class SinkWatch {
  readonly #sink: SinkClient;
  readonly #marks: Mark[] = [];
  readonly #stopped = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  private constructor(sink: SinkClient) {
    this.#sink = sink;
  }

  static async start(sink: SinkClient): Promise<SinkWatch> {
    const watch = new SinkWatch(sink);
    await watch.#mark();
    watch.#ended = watch.#watch();
    // Whoever stops it learns of a failure; until then it must not count as unhandled.
    watch.#ended.catch(() => undefined);
    return watch;
  }

  /** Utilisation from each look back to the one about three seconds before. */
  async stop(): Promise<readonly UtilizationSample[]> {
    this.#stopped.abort();
    await this.#ended;
    return utilizationSamples(this.#marks);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      // The abort only ends the wait early.
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
      await this.#mark();
    }
  }

  async #mark(): Promise<void> {
    const { eventLoopActiveMs: activeMs, eventLoopIdleMs: idleMs } = await this.#sink.stats();
    this.#marks.push({ atMs: Date.now(), activeMs, idleMs });
  }
}

export function utilizationSamples(marks: readonly Mark[]): readonly UtilizationSample[] {
  return marks.slice(1).map((mark, at) => {
    const before =
      marks.slice(0, at + 1).findLast((earlier) => mark.atMs - earlier.atMs >= spanMsMin) ?? marks[0] ?? mark;
    const activeMs = mark.activeMs - before.activeMs;
    const totalMs = activeMs + mark.idleMs - before.idleMs;
    return { atMs: mark.atMs, utilization: totalMs === 0 ? 0 : activeMs / totalMs };
  });
}
