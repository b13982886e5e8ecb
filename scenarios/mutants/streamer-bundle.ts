/** A broken streamer as users run one: bundled from a copy of its sources with the mutant's edits. Nothing in `streamer/` is touched. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HarnessError, messageOf, removeFolder } from '#simulator';
import { MUTANTS, REAL_MUTANTS } from './catalog.ts';
import { applyEdits, type Mutant } from './mutant.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const needed = ['node_modules', 'package.json', 'tsconfig.json'];

export function findMutant(name: string): Mutant {
  const all = [...MUTANTS, ...REAL_MUTANTS];
  const found = all.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  const names = all.map((mutant) => mutant.name).join(', ');
  throw new HarnessError('usage', `There is no mutant ${name}. There are: ${names}.`);
}

/** The bundle is there until the work is done. */
export async function withMutantBundle<T>(mutant: Mutant, work: (bundle: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 's3es-mutant-'));
  try {
    cpSync(join(root, 'streamer'), join(folder, 'streamer'), { recursive: true });
    for (const name of needed) symlinkSync(join(root, name), join(folder, name));
    for (const file of new Set(mutant.edits.map((edit) => edit.file))) {
      const path = join(folder, 'streamer', file);
      writeFileSync(path, applyEdits(mutant, file, readFileSync(path, 'utf8')));
    }
    const bundle = join(folder, 'dist/streamer.js');
    await build(folder, bundle, mutant);
    return await work(bundle);
  } finally {
    removeFolder(folder);
  }
}

async function build(folder: string, bundle: string, { name }: Mutant): Promise<void> {
  const args = ['--import', import.meta.resolve('tsx'), join(root, 'build.ts'), bundle];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: folder });
  } catch (error) {
    throw new HarnessError('broken', `The mutant ${name} could not be built: ${messageOf(error)}`, { cause: error });
  }
}
