/** The alert rules as data, for the tests that hold playbook and metrics to them. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.object({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});

export type AlertRule = z.infer<typeof rulesSchema>['groups'][number]['rules'][number];

export function readAlertRules(): readonly AlertRule[] {
  const text = readFileSync(new URL('prometheus/alerts.yaml', import.meta.url), 'utf8');
  return rulesSchema.parse(parse(text)).groups.flatMap(({ rules }) => rules);
}
