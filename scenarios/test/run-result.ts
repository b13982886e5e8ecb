/** What a scenario's run says of itself in its result.json. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const partSchema = z.object({ kind: z.string(), version: z.string().nullable() });

const resultSchema = z.object({
  verdict: z.enum(['pass', 'fail', 'invalid']),
  verdictReasons: z.array(z.string()),
  checks: z.array(z.object({ kind: z.string(), ok: z.boolean(), actual: z.number().nullable() })),
  environment: z.object({ s3: partSchema, redis: partSchema }),
});

export type RunResult = z.infer<typeof resultSchema>;

/** `out`: the folder that the run's report folder is in. Null where the run has left no result. */
export function readRunResult(out: string): RunResult | null {
  try {
    const run = readdirSync(out).find((name) => !name.startsWith('.'));
    return run === undefined
      ? null
      : resultSchema.parse(JSON.parse(readFileSync(join(out, run, 'result.json'), 'utf8')));
  } catch {
    // No folder, or a run that could not write its result.
    return null;
  }
}
