/** A streamer that is broken on purpose, as data: what is changed in its sources, and why that must be noticed. */

import type { MadeWorld, WorldKind, WorldName } from '#simulator';

export interface Mutant {
  readonly name: string;
  /** What it does wrong. */
  readonly why: string;
  /** Number of the documented fault of the Go original that it repeats, or null. */
  readonly originalFault: number | null;
  /** In which kind of virtual world it is hunted; the single instance's where it does not say. */
  readonly world?: WorldKind;
  /** The world that was made for it: it is hunted there, and in none of a seed. */
  readonly madeWorld?: MadeWorld;
  readonly edits: readonly Edit[];
}

interface Edit {
  /** Below `streamer/`. */
  readonly file: string;
  /** Stands exactly once in the file: a mutant that no longer fits the code fails loudly. */
  readonly search: string;
  readonly replace: string;
}

export function worldOf({ world = 'single' }: Mutant): WorldKind {
  return world;
}

/** How a report names a world: with what tells apart the seeds of the kinds. */
export function describeWorld(name: WorldName, kind: WorldKind): string {
  if (typeof name === 'string') return `made world \`${name}\``;
  return `${kind === 'redis' ? 'Redis, ' : ''}seed ${name}`;
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
