/** The mock EdgeDelta: its agents, the faults they suffer from, and the books they keep in common. */
import { openLoad, type Load } from '../load/manifest.ts';
import { HarnessError } from '../process/errors.ts';
import { createRandom } from '../random.ts';
import { Agent, type AgentOptions } from './agent.ts';
import type { Stats } from './api.ts';
import { type AgentCounters, Books } from './books.ts';
import { epochMs } from './epoch.ts';
import { FaultDeck } from './fault-deck.ts';
import type { Fault } from './faults.ts';
import { type MetricsInput, openMetricsInput } from './metrics-input.ts';

export interface SinkOptions extends AgentOptions {
  /** One agent for each; 0 takes any free port. */
  readonly ports: readonly number[];
  /** Null counts bytes and lines only. */
  readonly loadDir: string | null;
  /** Of the faults. */
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** Whether senders may send their metrics by OTLP/gRPC, to a port of its own. */
  readonly takesMetrics: boolean;
}

/** The largest batch that the original can be configured for is 10 MB. */
export const bodyBytesMaxDefault = 16 * 1024 * 1024;

const bytesPerMB = 1_000_000;

export class Sink {
  readonly #options: SinkOptions;
  readonly #agents: Agent[] = [];
  readonly #deck: FaultDeck;
  /** All that were used: a request in flight may still read from one that was replaced. The last is in use. */
  readonly #loads: Load[] = [];
  #metrics: MetricsInput | null = null;
  #books: Books;
  #lastUtilization = performance.eventLoopUtilization();

  private constructor(options: SinkOptions) {
    this.#options = options;
    this.#books = new Books(null, options.ports.length);
    this.#deck = new FaultDeck(createRandom(options.seed).fork('sink faults'), () => void this.#followFaults());
  }

  static async start(options: SinkOptions): Promise<Sink> {
    const sink = new Sink(options);
    try {
      if (options.loadDir !== null) await sink.useLoad(options.loadDir);
      const world = { deck: sink.#deck, books: () => sink.#books };
      for (const [index, port] of options.ports.entries()) {
        sink.#agents.push(await Agent.listen(index, port, options, world));
      }
      if (options.takesMetrics) sink.#metrics = await openMetricsInput();
      await sink.addFaults(options.faults);
      return sink;
    } catch (error) {
      await sink.close();
      throw error;
    }
  }

  get endpoints(): readonly string[] {
    return this.#agents.map((agent) => agent.url);
  }

  /** Null where it takes none. */
  get metrics(): MetricsInput | null {
    return this.#metrics;
  }

  get books(): Books {
    return this.#books;
  }

  /** Takes another load, with empty books. Returns how many objects it has. */
  async useLoad(dir: string): Promise<number> {
    const load = await openForSink(dir);
    this.#loads.push(load);
    this.#books = new Books(load, this.#options.ports.length);
    return load.manifest.objects.length;
  }

  /** Empty books, no faults, the same load. */
  async reset(): Promise<void> {
    this.#books = new Books(this.#loads.at(-1) ?? null, this.#options.ports.length);
    await this.clearFaults();
  }

  /** Settles when ports and connections are as the faults ask for. */
  async addFaults(faults: readonly Fault[]): Promise<readonly number[]> {
    const ids = faults.map((fault) => this.#deck.add(fault));
    await this.#followFaults();
    return ids;
  }

  /** False when there is no such fault any more. */
  async removeFault(id: number): Promise<boolean> {
    const isRemoved = this.#deck.remove(id);
    await this.#followFaults();
    return isRemoved;
  }

  async clearFaults(): Promise<void> {
    this.#deck.clear();
    await this.#followFaults();
  }

  listFaults(): ReturnType<FaultDeck['list']> {
    return this.#deck.list();
  }

  /** Its event-loop utilization is the one since the last call. */
  stats(): Stats {
    const utilization = performance.eventLoopUtilization();
    const sinceLast = performance.eventLoopUtilization(utilization, this.#lastUtilization);
    this.#lastUtilization = utilization;
    const cpu = process.cpuUsage();
    const agents = this.#agents.map((agent, index) => {
      const { open, opened } = agent.connections;
      const counters = this.#books.agentCounters(index);
      return {
        url: agent.url,
        ...counters,
        answers: { ...counters.answers },
        connections: open,
        connectionsOpened: opened,
      };
    });
    const total = (name: NumberOf<AgentCounters> | 'connections'): number =>
      agents.reduce((sum, agent) => sum + agent[name], 0);
    return {
      atMs: epochMs(),
      agents,
      totals: {
        posts: total('posts'),
        storedPosts: total('storedPosts'),
        bytes: total('bytes'),
        lines: total('lines'),
        wireBytes: total('wireBytes'),
        connections: total('connections'),
        unacknowledgedPosts: total('unacknowledgedPosts'),
        unacknowledgedLines: total('unacknowledgedLines'),
      },
      load: this.#loads.at(-1)?.dir ?? null,
      eventLoopUtilization: sinceLast.utilization,
      eventLoopActiveMs: utilization.active,
      eventLoopIdleMs: utilization.idle,
      cpuS: (cpu.user + cpu.system) / 1_000_000,
      rssMB: process.memoryUsage.rss() / bytesPerMB,
      ...this.#books.paths,
    };
  }

  async close(): Promise<void> {
    this.#metrics?.close();
    await Promise.all(this.#agents.map((agent) => agent.close()));
    this.#deck.clear();
    await Promise.all(this.#loads.splice(0).map((load) => load.close()));
  }

  async #followFaults(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.followFaults()));
  }
}

async function openForSink(dir: string): Promise<Load> {
  try {
    return await openLoad(dir);
  } catch (error) {
    throw new HarnessError('usage', error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The names of the counters that can be added up. */
type NumberOf<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T];
