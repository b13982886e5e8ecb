/** The agents of one instance: each works off what it is sent at its own pace, and the way there and back takes a while. */
import type { Sink, SinkAnswer, SinkRequest } from '#streamer';
import type { SeededRandom } from '../random.ts';
import type { VirtualTime } from '../virtual/virtual-time.ts';
import type { EventLoop, Machine } from './machine.ts';
import type { ServiceTimes } from './plan.ts';
import { Station } from './station.ts';

const ACCEPTED: SinkAnswer = { kind: 'answered', status: 200, retryAfterMs: null, text: '', isBodyReleased: true };

export interface TimedSinkOptions {
  readonly time: VirtualTime;
  readonly times: ServiceTimes;
  readonly machine: Machine;
  readonly loop: EventLoop;
  readonly random: SeededRandom;
  readonly endpoints: number;
  /** Milliseconds of the event loop, and of other processes on the machine, for a raw MB. */
  readonly loopMsPerRawMB: number;
  readonly otherMsPerRawMB: number;
}

export class TimedSink implements Sink {
  readonly endpoints: readonly string[];
  readonly #options: TimedSinkOptions;
  readonly #agents: readonly Station[];
  posts = 0;
  postMs = 0;

  constructor(options: TimedSinkOptions) {
    this.#options = options;
    this.endpoints = Array.from({ length: options.endpoints }, (_, index) => `http://agent-${index}.example:8080/`);
    this.#agents = this.endpoints.map(() => new Station(1));
  }

  /** Of the busiest agent. */
  get agentBusyMs(): number {
    return Math.max(...this.#agents.map(({ busyMs }) => busyMs));
  }

  async post({ endpoint, bodyBytes }: SinkRequest): Promise<SinkAnswer> {
    const { time, times, machine, loop, random, loopMsPerRawMB, otherMsPerRawMB } = this.#options;
    const rawMB = bodyBytes / 1e6;
    const sentMs = loop.work(time.nowMs, rawMB * loopMsPerRawMB);
    if (otherMsPerRawMB > 0) machine.work(sentMs, rawMB * otherMsPerRawMB);
    const { min, max } = times.postMs;
    const takenMs = this.#agents[endpoint]?.take(sentMs, (rawMB / times.agentRawMBps) * 1000) ?? sentMs;
    const answeredMs = takenMs + min + random.next() * (max - min);
    this.posts += 1;
    this.postMs += answeredMs - time.nowMs;
    await time.wait(answeredMs - time.nowMs, null);
    return ACCEPTED;
  }

  async close(): Promise<void> {}
}
