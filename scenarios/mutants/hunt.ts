/** Runs a bundled hunt as a process of its own. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type HuntResult, type Invariant, INVARIANTS } from '#simulator';
import { bundleHunt } from './bundle.ts';
import type { HuntedWorld, Mutant } from './mutant.ts';

const resultSchema = z.strictObject({
  worlds: z.number(),
  killed: z
    .strictObject({
      seed: z.number(),
      invariant: z.custom<Invariant>((value) => typeof value === 'string' && value in INVARIANTS),
      detail: z.string(),
    })
    .nullable(),
});

export interface HuntOptions {
  /** Null hunts in the streamer as it is. */
  readonly mutant: Mutant | null;
  /** In this order. */
  readonly seeds: readonly number[];
  readonly world: HuntedWorld;
  readonly signal: AbortSignal;
}

export async function hunt({ mutant, seeds, world, signal }: HuntOptions): Promise<HuntResult> {
  const folder = mkdtempSync(join(tmpdir(), 's3es-mutant-'));
  try {
    const bundle = join(folder, 'hunt.mjs');
    await bundleHunt(mutant, bundle);
    const args = ['--disable-warning=ExperimentalWarning', bundle, seeds.join(','), world];
    const { stdout } = await promisify(execFile)(process.execPath, args, { signal });
    return resultSchema.parse(JSON.parse(stdout));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
