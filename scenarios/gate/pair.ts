/** Pairs of runs as they are kept: one line of JSON each, so that their power can be worked out later, from as many as there are. */
import { readFileSync } from 'node:fs';
import { HarnessError } from '#simulator';
import { z } from 'zod';
import type { Arm } from './arm.ts';

const figure = z.number().nullable();

const armSchema = z.object({
  startedAtMs: z.number(),
  durationS: z.number(),
  figures: z.object({
    start: figure,
    throughput: figure,
    cpu: figure,
    lagP50: figure,
    lagP99: figure,
    notified: figure,
    memory: figure,
    requests: figure,
  }),
  lostLines: z.number(),
  duplicateLines: z.number(),
  otherLines: z.number(),
  slipMaxMs: z.number().nullable(),
  loadAverage: z.number(),
}) satisfies z.ZodType<Arm>;

const pairSchema = z.object({ kind: z.string(), base: armSchema, head: armSchema });

/** `kind`: what head is: `head` of a change, or a known slow-down. */
export type Pair = Readonly<z.infer<typeof pairSchema>>;

export function readPairs(path: string): readonly Pair[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  try {
    return lines.map((line) => pairSchema.parse(JSON.parse(line)));
  } catch (error) {
    throw new HarnessError('usage', `${path} does not hold pairs of the gate.`, { cause: error });
  }
}
