/** Asks an instance for its readiness, several times a second, as a load balancer or Kubernetes does; and keeps each change of the answer. */
import { setTimeout as sleep } from 'node:timers/promises';

const intervalMs = 200;
const answerMsMax = 1_000;

export type Readiness = 'ready' | 'not ready' | 'silent';

export interface ReadinessChange {
  readonly atMs: number;
  readonly readiness: Readiness;
}

export class ReadinessWatch {
  readonly changes: ReadinessChange[] = [];
  readonly #url: string;
  readonly #stopped = new AbortController();

  constructor(url: string) {
    this.#url = url;
    void this.#watch();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const readiness = await this.#ask();
      if (this.changes.at(-1)?.readiness !== readiness) this.changes.push({ atMs: Date.now(), readiness });
      // The abort only ends the wait early.
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #ask(): Promise<Readiness> {
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(answerMsMax)]);
    try {
      const response = await fetch(this.#url, { signal });
      await response.arrayBuffer();
      return response.ok ? 'ready' : 'not ready';
    } catch {
      // It is not there, is paused, or is too busy to say.
      return 'silent';
    }
  }
}
