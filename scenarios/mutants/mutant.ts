/** A streamer that is broken on purpose, as data: what is changed in its sources, and why that must be noticed. */

import { isMadeWorld, type MadeWorld, type WorldKind } from '#simulator';

export type HuntedWorld = WorldKind | MadeWorld;

export interface Mutant {
  readonly name: string;
  /** What it does wrong. */
  readonly why: string;
  /** Number of the documented fault of the Go original that it repeats, or null. */
  readonly originalFault: number | null;
  /** In which kind of virtual world it is hunted, or in which that was made for it; the single instance's where it does not say. */
  readonly world?: HuntedWorld;
  readonly edits: readonly Edit[];
}

interface Edit {
  /** Below `streamer/`. */
  readonly file: string;
  /** Stands exactly once in the file: a mutant that no longer fits the code fails loudly. */
  readonly search: string;
  readonly replace: string;
}

export function worldOf({ world = 'single' }: Mutant): HuntedWorld {
  return world;
}

/** The options with which `npm run sim` runs it. */
export function simOptions(world: HuntedWorld, seed: number): string {
  return `${isMadeWorld(world) ? '--made' : '--world'} ${world} --seed ${seed}`;
}

/** As a table names it. */
export function describeSeed(world: HuntedWorld, seed: number): string {
  if (isMadeWorld(world)) return `made world \`${world}\`, seed ${seed}`;
  return `${world === 'redis' ? 'Redis, ' : ''}seed ${seed}`;
}

/** The file's text with all edits to it. */
export function applyEdits(mutant: Mutant, file: string, text: string): string {
  return mutant.edits
    .filter((edit) => edit.file === file)
    .reduce((edited, { search, replace }) => {
      const count = edited.split(search).length - 1;
      if (count !== 1) {
        throw new Error(
          `Mutant ${mutant.name} does not fit streamer/${file} any more: ${JSON.stringify(search)} stands there ${count} times, and must stand there once. Adapt the mutant.`,
        );
      }
      return edited.replace(search, () => replace);
    }, text);
}
