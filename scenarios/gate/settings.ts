/** scenarios/gate.yaml: what counts as a change, and the limits that every run must keep. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HarnessError, messageOf } from '#simulator';
import { parse } from 'yaml';
import { z } from 'zod';
import { fromPercent, METRICS, type MetricName } from './metrics.ts';

export const gateFile = fileURLToPath(new URL('../gate.yaml', import.meta.url));

const percent = z.number().min(1).max(90);

const thresholdSchema = z.strictObject({
  name: z.string().min(1),
  expression: z.string().min(1),
  kind: z.enum(['integrity', 'performance']).default('performance'),
  unit: z.string().default(''),
});

const gateSchema = z.strictObject({
  thresholds: z.array(thresholdSchema).min(1),
  relative: z.strictObject({
    /** Numbers of pairs at which the gate looks. */
    looks: z.array(z.int().positive()).min(1),
    effectPercent: z.strictObject({
      start: percent,
      throughput: percent,
      cpu: percent,
      lagP50: percent,
      lagP99: percent,
      notified: percent,
      memory: percent,
      requests: percent,
    } satisfies Record<MetricName, z.ZodType>),
  }),
});

export type Threshold = Readonly<z.infer<typeof thresholdSchema>>;

export interface GateSettings {
  readonly thresholds: readonly Threshold[];
  readonly looks: readonly number[];
  /** As logarithms of a change for the worse. */
  readonly effectMin: Readonly<Record<MetricName, number>>;
}

export function readGateSettings(path = gateFile): GateSettings {
  const parsed = gateSchema.safeParse(readYaml(path));
  if (!parsed.success) throw new HarnessError('usage', `${path}:\n${z.prettifyError(parsed.error)}`);
  const { thresholds, relative } = parsed.data;
  const isRising = relative.looks.every((pairs, at) => pairs > (relative.looks[at - 1] ?? 0));
  if (!isRising) throw new HarnessError('usage', `${path}: relative.looks must rise.`);
  const effect = (name: MetricName): number => {
    const metric = METRICS.find((candidate) => candidate.name === name);
    return metric === undefined ? 0 : fromPercent(metric, relative.effectPercent[name]);
  };
  return {
    thresholds,
    looks: relative.looks,
    effectMin: {
      start: effect('start'),
      throughput: effect('throughput'),
      cpu: effect('cpu'),
      lagP50: effect('lagP50'),
      lagP99: effect('lagP99'),
      notified: effect('notified'),
      memory: effect('memory'),
      requests: effect('requests'),
    },
  };
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new HarnessError('usage', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
