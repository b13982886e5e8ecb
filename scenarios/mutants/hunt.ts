/** Runs a bundled hunt as a process of its own. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type HuntResult, type Invariant, INVARIANTS, isMadeWorld, type WorldKind, type WorldName } from '#simulator';
import { bundleHunt } from './bundle.ts';
import type { Mutant } from './mutant.ts';

const resultSchema = z.strictObject({
  worlds: z.number(),
  killed: z
    .strictObject({
      world: z.custom<WorldName>(
        (value) => typeof value === 'number' || (typeof value === 'string' && isMadeWorld(value)),
      ),
      invariant: z.custom<Invariant>((value) => typeof value === 'string' && value in INVARIANTS),
      detail: z.string(),
    })
    .nullable(),
});

export interface HuntOptions {
  /** Null hunts in the streamer as it is. */
  readonly mutant: Mutant | null;
  /** In this order. */
  readonly worlds: readonly WorldName[];
  /** Of those that are seeds. */
  readonly kind: WorldKind;
  readonly signal: AbortSignal;
}

export async function hunt({ mutant, worlds, kind, signal }: HuntOptions): Promise<HuntResult> {
  const folder = mkdtempSync(join(tmpdir(), 's3es-mutant-'));
  try {
    const bundle = join(folder, 'hunt.mjs');
    await bundleHunt(mutant, bundle);
    const args = ['--disable-warning=ExperimentalWarning', bundle, worlds.join(','), kind];
    const { stdout } = await promisify(execFile)(process.execPath, args, { signal });
    return resultSchema.parse(JSON.parse(stdout));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
