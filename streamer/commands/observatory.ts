/**
 * Everything that looks at the running streamer from outside: health, metrics, the live page. It listens to the events and asks the pipeline for its gauges;
 * the pipeline knows nothing of it. Where neither `health` nor `otlp` is enabled it does nothing, and what it would need is not loaded.
 */
import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { cached } from '../core/cached.ts';
import type { StreamerEvent, Totals } from '../events.ts';
import { EndpointProbe } from '../io/endpoint-probe.ts';
import { type HealthServer, startHealthServer } from '../io/health-server.ts';
import type { HttpSink } from '../io/http-sink.ts';
import type { OpenTelemetry, PushOptions } from '../io/open-telemetry.ts';
import { ProcessMeter } from '../io/process-usage.ts';
import { journalPathOf } from '../io/redis/journal.ts';
import { stateSizeBytes } from '../io/state-size.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Clock, Events } from '../ports.ts';
import { Breakdown } from '../telemetry/breakdown.ts';
import { HealthMonitor } from '../telemetry/health-monitor.ts';
import { LiveFeed } from '../telemetry/live-feed.ts';
import { liveView } from '../telemetry/live-view.ts';
import { type SampleSources, samplesOf } from '../telemetry/samples.ts';
import { VERSION } from '../version.ts';

/** However often somebody asks, what costs something is done at most so often. */
const ANSWER_KEEP_MS = 500;
const TARGET_LAG_S = 60;
/** Collectors are near; one that needs longer is away. */
const EXPORT_MS_MAX = 3_000;

export interface ObservatoryParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly totals: Readonly<Totals>;
  readonly sink: Pick<HttpSink, 'endpoints' | 'connections'>;
  /** For what the observatory itself has to tell. */
  readonly events: Events;
  /** Since the start; 0 where the state is a file. */
  readonly redisCommands: () => number;
}

export interface Observatory {
  observe(event: StreamerEvent): void;
  /** Opens the health port and begins to push metrics. Gives back the port; null when health is off. */
  open(pipeline: Pipeline): Promise<number | null>;
  close(): Promise<void>;
}

export function createObservatory(parts: ObservatoryParts): Observatory {
  const { health, otlp } = parts.config;
  return health.enabled || otlp.enabled
    ? new RunningObservatory(parts)
    : { observe: () => undefined, open: async () => null, close: async () => undefined };
}

/** With Redis the local file is the journal. */
function localStateOf({ state: { redis, filePath } }: Config): string {
  return redis === null ? filePath : journalPathOf(filePath);
}

class RunningObservatory implements Observatory {
  readonly #parts: ObservatoryParts;
  readonly #breakdown: Breakdown;
  readonly #monitor = new HealthMonitor();
  readonly #feed: LiveFeed;
  readonly #meter = new ProcessMeter();
  #probe: EndpointProbe | null = null;
  #openTelemetry: OpenTelemetry | null = null;
  #server: HealthServer | null = null;

  constructor(parts: ObservatoryParts) {
    this.#parts = parts;
    this.#breakdown = new Breakdown(parts.sink.endpoints);
    this.#feed = new LiveFeed(parts.clock.now());
  }

  observe(event: StreamerEvent): void {
    const nowMs = this.#parts.clock.now();
    this.#breakdown.count(event, nowMs);
    this.#monitor.observe(event, nowMs);
    this.#feed.observe(event, nowMs);
    this.#openTelemetry?.observe(event);
  }

  async open(pipeline: Pipeline): Promise<number | null> {
    const { config, clock } = this.#parts;
    const nowMs = (): number => clock.now();
    const sources = cached(() => this.#look(pipeline), ANSWER_KEEP_MS, nowMs);
    this.#openTelemetry = await this.#startOpenTelemetry(sources);
    const { scrape } = this.#openTelemetry;
    if (!config.health.enabled) return null;
    const { http } = config;
    this.#probe = new EndpointProbe({
      endpoints: http.endpoints.map((url, index) => ({
        name: this.#parts.sink.endpoints[index] ?? url,
        url: new URL(url),
      })),
      breakdown: this.#breakdown,
    });
    this.#server = await startHealthServer({
      host: config.health.host,
      port: config.health.port,
      healthPath: config.health.path,
      report: () => sources().health,
      metrics: cached(scrape, ANSWER_KEEP_MS, nowMs),
      live: cached(() => JSON.stringify(this.#live(sources())), ANSWER_KEEP_MS, nowMs),
    });
    return this.#server.port;
  }

  async close(): Promise<void> {
    this.#probe?.close();
    this.#meter.close();
    await this.#server?.close();
    await this.#openTelemetry?.close();
  }

  #look(pipeline: Pipeline): SampleSources {
    const { config, clock, totals, sink, redisCommands } = this.#parts;
    const gauges = pipeline.gauges();
    const status = pipeline.status();
    const unreachable = this.#probe?.unreachable() ?? new Map<string, string>();
    const health = this.#monitor.report(
      {
        gauges,
        endpoints: status.endpoints,
        breakdown: this.#breakdown,
        unreachable,
        discovery: config.discovery.mode,
        stateIn: config.state.redis === null ? 'file' : 'redis',
      },
      clock.now(),
    );
    return {
      totals,
      breakdown: this.#breakdown,
      gauges,
      status,
      health,
      unreachable,
      connections: sink.connections(),
      process: this.#meter.usage(),
      memoryLimitBytes: config.memoryLimitBytes,
      stateBytes: stateSizeBytes(localStateOf(config)),
      redisCommands: redisCommands(),
      versions: { streamer: VERSION, node: process.version },
    };
  }

  #live(sources: SampleSources): object {
    const { config, clock } = this.#parts;
    const settings = {
      s3Workers: config.processing.workers,
      httpWorkers: config.http.workers,
      targetLagS: TARGET_LAG_S,
      sources: config.s3.sources.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`),
    };
    return liveView(sources, this.#feed, settings, clock.now());
  }

  /** Imported here and not above: see the head of the file. */
  async #startOpenTelemetry(sources: () => SampleSources): Promise<OpenTelemetry> {
    const { otlp } = this.#parts.config;
    const { startOpenTelemetry } = await import('../io/open-telemetry.ts');
    return startOpenTelemetry({
      serviceName: otlp.serviceName,
      serviceVersion: otlp.serviceVersion,
      instanceId: randomUUID(),
      samples: () => samplesOf(sources()),
      push: otlp.enabled ? await this.#pushOptions() : null,
    });
  }

  async #pushOptions(): Promise<PushOptions> {
    const { events, config } = this.#parts;
    const { endpoint, insecure, exportIntervalMs } = config.otlp;
    const { createOtlpExporter } = await import('../io/otlp-exporter.ts');
    const timeoutMs = Math.min(exportIntervalMs, EXPORT_MS_MAX);
    let isFailing = false;
    return {
      exporter: createOtlpExporter({ endpoint, isInsecure: insecure, timeoutMs }),
      intervalMs: exportIntervalMs,
      timeoutMs,
      // A collector that is away is told of once, not at every export.
      onExported: (error) => {
        if (error !== null && !isFailing) events.emit({ kind: 'metrics export failed', endpoint, error });
        if (error === null && isFailing) events.emit({ kind: 'metrics export resumed', endpoint });
        isFailing = error !== null;
      },
    };
  }
}
