/** The Grafana dashboard as data: its panels and what they ask Prometheus. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';

const dashboardSchema = z.object({
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string() })).default([]),
    }),
  ),
});

export type Dashboard = z.infer<typeof dashboardSchema>;

export function readDashboard(): Dashboard {
  return dashboardSchema.parse(
    JSON.parse(readFileSync(new URL('grafana/s3-edgedelta-streamer.json', import.meta.url), 'utf8')),
  );
}

/** With values in the place of Grafana's variables, so that Prometheus itself could be asked. */
export function expressionsOf({ panels }: Dashboard): readonly string[] {
  return panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => expr.replaceAll('$instance', '.*').replaceAll('$__range', '1h')),
  );
}
