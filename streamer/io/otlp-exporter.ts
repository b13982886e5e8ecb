/** OTLP/gRPC. A file of its own, because gRPC is the largest part of the metrics and is loaded only where they are pushed. */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';

export interface OtlpExporterOptions {
  /** host:port, or a URL whose scheme then decides about TLS. */
  readonly endpoint: string;
  readonly isInsecure: boolean;
  /** Of one export, its repetitions included. */
  readonly timeoutMs: number;
}

export function createOtlpExporter({ endpoint, isInsecure, timeoutMs }: OtlpExporterOptions): PushMetricExporter {
  const url = /^https?:\/\//i.test(endpoint) ? endpoint : `${isInsecure ? 'http' : 'https'}://${endpoint}`;
  return new OTLPMetricExporter({ url, timeoutMillis: timeoutMs });
}
