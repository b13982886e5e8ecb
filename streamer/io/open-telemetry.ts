/**
 * The metrics of `telemetry/definitions.ts` on OpenTelemetry's SDK: read by Prometheus scrapes, and pushed over OTLP/gRPC.
 * Loaded only when one of the two is on: the SDK and gRPC cost memory that a streamer without them need not have.
 */
import type { Histogram, Meter, Observable } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import type { StreamerEvent } from '../events.ts';
import { definitionOf, METRIC_NAMES, type MetricName, type ObservedName } from '../telemetry/definitions.ts';
import { observationsOf, type Sample } from '../telemetry/samples.ts';

export interface PushOptions {
  readonly exporter: PushMetricExporter;
  readonly intervalMs: number;
  /** At most the interval. */
  readonly timeoutMs: number;
  /** After each export: null when it arrived. */
  readonly onExported: (error: string | null) => void;
}

export interface OpenTelemetryOptions {
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** Tells apart instances of one service. */
  readonly instanceId: string;
  readonly samples: () => Readonly<Record<ObservedName, readonly Sample[]>>;
  /** Null: nothing is pushed. */
  readonly push: PushOptions | null;
}

export interface OpenTelemetry {
  /** Records what is not looked up later: durations. */
  observe(event: StreamerEvent): void;
  /** In the text format of Prometheus. */
  scrape(): Promise<string>;
  /** Pushes what is left, but waits no longer than a moment for it. */
  close(): Promise<void>;
}

/** A collector that is away must not hold up the end; what is under way then holds the process for its own time-out. */
const CLOSE_MS_MAX = 1_000;

export function startOpenTelemetry(options: OpenTelemetryOptions): OpenTelemetry {
  const scraped = new ScrapeReader();
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  const { push } = options;
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'service.name': options.serviceName,
      'service.version': options.serviceVersion,
      'service.instance.id': options.instanceId,
    }),
    readers: [scraped, ...(push === null ? [] : [pushReader(push)])],
  });
  const histograms = createInstruments(provider.getMeter('s3-edgedelta-streamer'), options.samples);
  return {
    observe(event) {
      for (const { name, value, labels } of observationsOf(event)) histograms.get(name)?.record(value, labels);
    },
    async scrape() {
      const { resourceMetrics } = await scraped.collect();
      return serializer.serialize(resourceMetrics);
    },
    async close() {
      const timeout = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS_MAX).unref());
      // A last export that fails has been told by `onExported`.
      await Promise.race([provider.shutdown().catch(() => undefined), timeout]);
    },
  };
}

function createInstruments(meter: Meter, samples: OpenTelemetryOptions['samples']): ReadonlyMap<MetricName, Histogram> {
  const observed = new Map<string, Observable>();
  const histograms = new Map<MetricName, Histogram>();
  for (const name of METRIC_NAMES) {
    const { kind, unit, meaning, bounds = [] } = definitionOf(name);
    const about = { description: meaning, unit };
    switch (kind) {
      case 'counter':
        observed.set(name, meter.createObservableCounter(name, about));
        break;
      case 'gauge':
        observed.set(name, meter.createObservableGauge(name, about));
        break;
      case 'histogram':
        histograms.set(
          name,
          meter.createHistogram(name, { ...about, advice: { explicitBucketBoundaries: [...bounds] } }),
        );
        break;
    }
  }
  // One look at everything for each collection, so that its values belong together.
  meter.addBatchObservableCallback(
    (result) => {
      for (const [name, values] of Object.entries(samples())) {
        const instrument = observed.get(name);
        if (instrument === undefined) continue;
        for (const { value, labels } of values) result.observe(instrument, value, labels);
      }
    },
    [...observed.values()],
  );
  return histograms;
}

function pushReader({ exporter, intervalMs, timeoutMs, onExported }: PushOptions): MetricReader {
  return new PeriodicExportingMetricReader({
    exporter: {
      export(metrics, done) {
        exporter.export(metrics, (result) => {
          // 0 is success.
          onExported(result.code === 0 ? null : (result.error?.message ?? 'unknown error'));
          done(result);
        });
      },
      forceFlush: async () => exporter.forceFlush(),
      shutdown: async () => exporter.shutdown(),
    },
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: timeoutMs,
  });
}

/** Collects when it is asked. The exporter that comes with the package would open a port of its own. */
class ScrapeReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
