/** What the streamers told the mock EdgeDelta of themselves by OTLP, beside what its own ledger knows. */
import { readFileSync } from 'node:fs';
import type { CheckSpec } from '#reports';
import { z } from 'zod';
import type { Evidence } from '../run/evidence.ts';
import { sumOf } from '../run/sum.ts';
import { expectObserved, type Observation, observedPath } from './observation.ts';

/** Dashboards and alerts of the original are made of them. */
const documentedNames = z
  .array(z.string())
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/original-metrics.json', import.meta.url), 'utf8')));

const metricsMissing: Observation = {
  id: 'metricsMissing',
  name: `documented metrics, of ${documentedNames.length}, that did not arrive`,
  unit: 'metrics',
  measure: async (evidence) => {
    const arrived = new Set((await pointsOf(evidence)).map(({ name }) => name));
    return documentedNames.filter((name) => !arrived.has(name)).length;
  },
};

/** A figure that the streamer sends, and what the agents, who do not ask it, know of the same. */
interface Agreement {
  readonly sent: Observation;
  readonly known: Observation;
}

const agreements: readonly Agreement[] = [
  agreement('http_lines_sent_total', 'lines', ({ verdict }) => verdict.deliveredLines + verdict.duplicateLines),
  agreement('http_bytes_sent_total', 'bytes', ({ agentsAfter }) => sumOf(agentsAfter, ({ bytes }) => bytes)),
  agreement('http_batches_sent_total', 'batches', ({ agentsAfter }) =>
    sumOf(agentsAfter, ({ answers }) => answers['200'] ?? 0),
  ),
  agreement('http_server_errors_total', 'answers', ({ agentsAfter }) =>
    sumOf(agentsAfter, ({ answers }) => answers['503'] ?? 0),
  ),
  agreement('s3_files_processed_total', 'files', ({ uploads }) => uploads.length),
  agreement('s3_bytes_processed_total', 'bytes', ({ uploads }) => sumOf(uploads, ({ rawBytes }) => rawBytes)),
];

export const metricsObservations: readonly Observation[] = [
  metricsMissing,
  ...agreements.flatMap(({ sent, known }) => [sent, known]),
];

export const metricsAgree: readonly CheckSpec[] = [
  expectObserved(metricsMissing, 'integrity', '==', 0),
  ...agreements.map(({ sent, known }) =>
    expectObserved(
      sent,
      'integrity',
      '==',
      { path: observedPath(known.id) },
      'as the agents and the generator know it',
    ),
  ),
];

function agreement(metric: string, unit: string, knownOf: (evidence: Evidence) => number): Agreement {
  const id = metric.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return {
    sent: {
      id: `${id}Sent`,
      name: `${metric}, by OTLP`,
      unit,
      measure: async (evidence) => {
        const points = (await pointsOf(evidence)).filter(({ name }) => name === metric);
        return points.length === 0 ? null : sumOf(points, ({ value }) => value);
      },
    },
    known: { id: `${id}Known`, name: `${metric}, as known`, unit, measure: knownOf },
  };
}

async function pointsOf({ stage }: Evidence): Promise<readonly { readonly name: string; readonly value: number }[]> {
  return (await stage.sink.client.metrics()).flatMap(({ points }) => points);
}
