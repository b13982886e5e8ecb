import { readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { MUTANTS, REAL_MUTANTS } from './catalog.ts';
import { readKnownSeeds } from './known.ts';
import { applyEdits, type Mutant } from './mutant.ts';

const all = [...MUTANTS, ...REAL_MUTANTS];

const mutant: Mutant = {
  name: 'says-no',
  why: 'It says no.',
  originalFault: null,
  edits: [{ file: 'a.ts', search: 'yes', replace: 'no$&' }],
};

describe('a mutant', () => {
  it('changes the one place that it names, and takes its text as it stands', () => {
    expect(applyEdits(mutant, 'a.ts', 'const a = yes;')).toBe('const a = no$&;');
    expect(applyEdits(mutant, 'b.ts', 'const b = yes;')).toBe('const b = yes;');
  });

  it.each(['const a = maybe;', 'yes or yes'])('that does not fit the code any more (%s) fails loudly', (text) => {
    expect(() => applyEdits(mutant, 'a.ts', text)).toThrow('says-no does not fit streamer/a.ts any more');
  });
});

describe('the catalogue of mutants', () => {
  it('has a name for each, once, and a file of that name', () => {
    const names = all.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names)
      expect(readFileSync(new URL(`streamers/${name}.ts`, import.meta.url), 'utf8')).toContain(`'${name}'`);
  });

  it.each(all)('fits the code: $name', (one) => {
    for (const { file } of one.edits) {
      const path = new URL(`../../streamer/${file}`, import.meta.url);
      // What it makes of the file must still be a program.
      expect(() => transformSync(applyEdits(one, file, readFileSync(path, 'utf8')), { loader: 'ts' })).not.toThrow();
    }
  });

  it('knows a world that kills each', () => {
    expect([...readKnownSeeds().keys()].toSorted()).toEqual(MUTANTS.map(({ name }) => name).toSorted());
  });
});
