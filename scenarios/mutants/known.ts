/** What the last recorded hunt found: which world killed each mutant (so that the next hunt begins there), and the table in docs/verification.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { replaceBetweenMarks } from './marked-section.ts';
import { type HuntedMutant, renderMutants } from './render.ts';

const seedsFile = fileURLToPath(new URL('known-seeds.json', import.meta.url));
const verificationPage = fileURLToPath(new URL('../../docs/verification.md', import.meta.url));
const seedsSchema = z.record(z.string(), z.number().int());

export function readKnownSeeds(): ReadonlyMap<string, number> {
  return new Map(Object.entries(seedsSchema.parse(JSON.parse(readFileSync(seedsFile, 'utf8')))));
}

export function record(hunted: readonly HuntedMutant[], elapsedS: number): void {
  const seeds = hunted.flatMap(({ mutant, result: { killed } }) =>
    killed === null ? [] : [[mutant.name, killed.seed]],
  );
  writeFileSync(seedsFile, `${JSON.stringify(Object.fromEntries(seeds), null, 2)}\n`);
  const page = readFileSync(verificationPage, 'utf8');
  writeFileSync(verificationPage, replaceBetweenMarks(page, 'mutants', renderMutants(hunted, elapsedS)));
}
