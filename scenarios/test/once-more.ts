/**
 * Whether a scenario that did not pass is run once more. A machine that is busy with other things spoils figures, and then says nothing of the program;
 * but it loses, doubles and alters no line, and ends no program: a run that broke the integrity of the data, or whose streamer did not do its work, is
 * never repeated.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { exitCodes } from '../command-line.ts';

const resultSchema = z.object({
  verdict: z.enum(['pass', 'fail', 'invalid']),
  verdictReasons: z.array(z.string()),
  checks: z.array(z.object({ kind: z.string(), ok: z.boolean(), actual: z.number().nullable() })),
});

/** Why it is worth another run; null when it is not. `out`: the folder that the run's report folder is in. `exitCode`: of the run. */
export function reasonToRepeat(out: string, exitCode: number): string | null {
  const result = readResult(out);
  // The harness broke before there was a result: a port that another program took, a process that was not up in time.
  if (result === null) return exitCode === exitCodes.provesNothing ? 'it broke before there was a result.' : null;
  const { verdict, verdictReasons, checks } = result;
  const isBroken = checks.some(({ kind, ok, actual }) => kind === 'integrity' && !ok && actual !== null);
  if (verdict === 'pass' || isBroken) return null;
  return `${verdict === 'fail' ? 'nothing is lost, but its timing failed' : 'it proves nothing'}: ${verdictReasons[0] ?? ''}`;
}

function readResult(out: string): z.infer<typeof resultSchema> | null {
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
