/** A world that breached an invariant, kept as a file that can be run again: on its own, whatever seeds mean by then. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { HarnessError, messageOf } from '../process/errors.ts';
import type { Invariant } from './invariants.ts';
import { planSchema, type WorldPlan } from './plan.ts';

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** Which invariant broke, and how it looked. */
  invariant: z.string(),
  detail: z.string(),
  /** What was wrong, once somebody knows. */
  cause: z.string().optional(),
  plan: planSchema,
});

export interface ScenarioFile {
  readonly invariant: Invariant;
  readonly detail: string;
  readonly plan: WorldPlan;
}

export function writeScenarioFile(path: string, { invariant, detail, plan }: ScenarioFile): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ version: 1, invariant, detail, plan }, null, 2)}\n`);
}

export function readScenarioFile(path: string): z.infer<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new HarnessError('usage', `${path} is no scenario file of npm run sim: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
