/** What this process uses of its machine, for the metrics and the live page. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessUsage } from '../telemetry/samples.ts';

const DELAY_RESOLUTION_MS = 20;
const INTERVAL_MS = 10_000;
const NS_PER_MS = 1e6;

export class ProcessMeter {
  readonly #delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  readonly #timer: NodeJS.Timeout;
  #delayP99Ms = 0;

  constructor() {
    this.#delay.enable();
    // Whole intervals, whoever asks and however often: two who ask must not take each other's samples.
    this.#timer = setInterval(() => this.#endInterval(), INTERVAL_MS).unref();
  }

  usage(): ProcessUsage {
    const { user, system } = process.cpuUsage();
    return {
      startedMs: performance.timeOrigin,
      cpuS: (user + system) / 1e6,
      residentBytes: process.memoryUsage.rss(),
      eventLoopDelayP99Ms: this.#delayP99Ms,
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }

  #endInterval(): void {
    // What is measured is the whole time between two ticks; the delay is what exceeds the resolution.
    this.#delayP99Ms = Math.max(0, this.#delay.percentile(99) / NS_PER_MS - DELAY_RESOLUTION_MS);
    this.#delay.reset();
  }
}
