/** The page `docs/metrics.md`, made from the definitions. A test holds the file to it, and another holds the definitions to what a running streamer shows. */
import { definitionOf, METRIC_NAMES, type MetricDefinition, type MetricName } from './definitions.ts';
import { S3_PRICES } from './s3-prices.ts';

export function metricsPage(): string {
  const isDocumented = (name: MetricName): boolean => definitionOf(name).isDocumented === true;
  return `# Metrics

Generated from \`streamer/telemetry/definitions.ts\` by \`npm run schema\`; do not edit. A scrape and an OTLP collector get the same names, labels and values; a test compares both with
these tables.

- **Prometheus** scrapes \`/metrics\` on the health port (\`health.address\`, default \`127.0.0.1:8080\`).
- **OTLP/gRPC** goes to \`otlp.endpoint\` every \`otlp.export_interval\`, with \`service.name\`, \`service.version\` and a \`service.instance.id\` that is new at every start. Where no collector listens, set
  \`otlp.enabled: false\`; until then the log says once that the export failed. TLS: \`otlp.insecure: false\`, and the collector by its name, not its address; authorities and a client certificate come from the usual variables
  (\`OTEL_EXPORTER_OTLP_CERTIFICATE\`, \`OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE\`, \`OTEL_EXPORTER_OTLP_CLIENT_KEY\`).

Sums begin at 0 with the process. \`endpoint\` is the URL of the endpoint without its query, which may hold a token.

## The original's names

Dashboards and alerts made for the Go original go on working.

${table(METRIC_NAMES.filter(isDocumented))}

## More

${table(METRIC_NAMES.filter((name) => !isDocumented(name)))}

## Which lag

\`processing_lag_seconds\` keeps the meaning that it had: the age of a file, counted from the time in its name. A file is not touched before \`processing.delay_window\` (60 s) is over, so at the
defaults the value stands above 60 for ever, however fast everything is, and an alert at 60 s would never be silent. \`delivery_lag_seconds\` counts from the moment when the file could be read,
which is what the documented objective (60 s) and the documented average (493 ms) can only mean. The alerts in \`deploy/prometheus/\` use it, together with \`backlog_oldest_age_seconds\`: a
histogram of completed files says nothing while no file is completed.

In production a file is visible from its LastModified on, which S3 gives in whole seconds: a lag can be up to a second too long.

## Cost

\`s3_estimated_cost_usd_total\` counts $${S3_PRICES.listUsdPer1000} for 1,000 LISTs and $${S3_PRICES.getUsdPer1000} for 1,000 GETs or HEADs: S3 Standard, us-east-1, as of ${S3_PRICES.asOf}. It leaves out data transfer and SQS. Another
region or contract: multiply \`s3_requests_total\` yourself.
`;
}

function table(names: readonly MetricName[]): string {
  const rows = names.map((name) => {
    const { kind, unit, labels, meaning }: MetricDefinition = definitionOf(name);
    return row([
      code(name),
      kind,
      unit === '1' ? '' : unit.replaceAll(/[{}]/g, ''),
      labels.map(code).join(', '),
      meaning,
    ]);
  });
  return [row(['metric', 'kind', 'unit', 'labels', 'meaning']), row(['---', '---', '---', '---', '---']), ...rows].join(
    '\n',
  );
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
