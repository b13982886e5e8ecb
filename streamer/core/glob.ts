/**
 * Globs as the original's `filename_pattern` has them (Go's `filepath.Match`): `*` any run of characters but `/`, `?` one character but `/`,
 * `[a-z]` and `[^a-z]` one of a class, `\` takes the next character as it is. A pattern with a `/` matches the whole key below the prefix, one
 * without matches its base name. Matching takes time proportional to pattern x key at worst, whatever the pattern.
 */

type Piece =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'run' }
  | {
      readonly kind: 'class';
      readonly isNegated: boolean;
      readonly ranges: readonly { readonly from: string; readonly to: string }[];
    };

export interface Glob {
  readonly pattern: string;
  /** How many characters the pattern pins down: the greater, the more specific. */
  readonly weight: number;
  matches(keyBelowPrefix: string): boolean;
}

export type CompiledGlob =
  | { readonly kind: 'glob'; readonly glob: Glob }
  | { readonly kind: 'invalid'; readonly reason: string };

export function compileGlob(pattern: string): CompiledGlob {
  const pieces = parsePieces(pattern);
  if (typeof pieces === 'string') return { kind: 'invalid', reason: pieces };
  const isWholeKey = pattern.includes('/');
  return {
    kind: 'glob',
    glob: {
      pattern,
      weight: pieces.filter((piece) => piece.kind === 'character' || piece.kind === 'class').length,
      matches: (key) => matchesPieces(pieces, Array.from(isWholeKey ? key : baseName(key))),
    },
  };
}

/** What follows the last `/`. */
export function baseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** The pieces, or why the pattern is not one. Characters are code points, so that `?` takes a whole emoji. */
function parsePieces(pattern: string): readonly Piece[] | string {
  if (pattern === '') return 'it is empty';
  const characters = Array.from(pattern);
  const pieces: Piece[] = [];
  let at = 0;
  while (at < characters.length) {
    const character = characters[at] ?? '';
    if (character === '*') {
      if (pieces.at(-1)?.kind !== 'run') pieces.push({ kind: 'run' });
      at += 1;
    } else if (character === '?') {
      pieces.push({ kind: 'one' });
      at += 1;
    } else if (character === '[') {
      const parsed = parseClass(characters, at + 1);
      if (typeof parsed === 'string') return parsed;
      pieces.push(parsed.piece);
      at = parsed.next;
    } else if (character === '\\') {
      const escaped = characters[at + 1];
      if (escaped === undefined) return 'nothing follows its last \\';
      pieces.push({ kind: 'character', character: escaped });
      at += 2;
    } else {
      pieces.push({ kind: 'character', character });
      at += 1;
    }
  }
  return pieces;
}

/** `start` is behind the `[`. As in Go, an end of a range that is `]` or `-` must be escaped. */
function parseClass(
  characters: readonly string[],
  start: number,
): { readonly piece: Piece; readonly next: number } | string {
  let at = start;
  const isNegated = characters[at] === '^';
  if (isNegated) at += 1;
  const ranges: { from: string; to: string }[] = [];
  const takeEnd = (): string | null => {
    const isEscaped = characters[at] === '\\';
    if (isEscaped) at += 1;
    const character = characters[at] ?? null;
    at += 1;
    return !isEscaped && (character === ']' || character === '-') ? null : character;
  };
  while (characters[at] !== ']' || ranges.length === 0) {
    const from = takeEnd();
    let to = from;
    if (characters[at] === '-') {
      at += 1;
      to = takeEnd();
    }
    if (from === null || to === null) return 'a [ class is not closed, or holds a ] or - that needs a \\ before it';
    if (to < from) return 'a range in a [ class runs backwards';
    ranges.push({ from, to });
  }
  return { piece: { kind: 'class', isNegated, ranges }, next: at + 1 };
}

/**
 * Leftmost greedy matching: when a character does not fit, the last `*` takes one more. Going back to an earlier `*` can never help, because
 * what stands between the two already matched as early as possible.
 */
function matchesPieces(pieces: readonly Piece[], text: readonly string[]): boolean {
  let at = 0;
  let index = 0;
  let runIndex = -1;
  let runEnd = 0;
  while (at < text.length || index < pieces.length) {
    const piece = pieces[index];
    const character = text[at];
    if (piece?.kind === 'run') {
      runIndex = index;
      runEnd = at;
      index += 1;
    } else if (piece !== undefined && character !== undefined && fits(piece, character)) {
      at += 1;
      index += 1;
    } else {
      const taken = text[runEnd];
      if (runIndex === -1 || taken === undefined || taken === '/') return false;
      runEnd += 1;
      at = runEnd;
      index = runIndex + 1;
    }
  }
  return true;
}

function fits(piece: Exclude<Piece, { kind: 'run' }>, character: string): boolean {
  switch (piece.kind) {
    case 'character':
      return piece.character === character;
    case 'one':
      return character !== '/';
    case 'class':
      return (
        character !== '/' &&
        piece.ranges.some(({ from, to }) => from <= character && character <= to) !== piece.isNegated
      );
  }
}
