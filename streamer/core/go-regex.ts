/**
 * Go's regular expressions (RE2) in JavaScript's: `log_formats[].timestamp_regex` of an original's configuration must mean here what it meant
 * there. What differs in spelling is rewritten; what has no counterpart is refused, because JavaScript would silently read it as letters.
 */

const POSIX_CLASSES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    alnum: '0-9A-Za-z',
    alpha: 'A-Za-z',
    blank: '\\t ',
    digit: '0-9',
    lower: 'a-z',
    punct: '!-\\/:-@[-`{-~',
    space: '\\t\\n\\v\\f\\r ',
    upper: 'A-Z',
    word: '0-9A-Za-z_',
    xdigit: '0-9A-Fa-f',
  }),
);

const ESCAPES: Readonly<Record<string, string>> = { A: '^', z: '$' };
const ESCAPES_WITHOUT_COUNTERPART = 'pPQECaG';

/** Throws SyntaxError with the reason when the text is no regular expression. */
export function compileGoRegex(text: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(text);
  const body = (flags === null ? text : text.slice(flags[0].length)).replaceAll(
    /\\([\s\S])|\[:(\^?)(\w+):\]|\(\?P</g,
    (whole: string, escaped: string | undefined, negation: string | undefined, posixClass: string | undefined) => {
      if (escaped !== undefined) return rewriteEscape(escaped);
      if (posixClass !== undefined) return rewritePosixClass(negation === '^', posixClass);
      return whole.replace('P', '');
    },
  );
  return new RegExp(body, flags?.[1] ?? '');
}

function rewriteEscape(escaped: string): string {
  if (ESCAPES_WITHOUT_COUNTERPART.includes(escaped)) throw new SyntaxError(`\\${escaped} is not supported here`);
  return ESCAPES[escaped] ?? `\\${escaped}`;
}

function rewritePosixClass(isNegated: boolean, name: string): string {
  const characters = POSIX_CLASSES.get(name);
  if (characters === undefined || isNegated)
    throw new SyntaxError(`[:${isNegated ? '^' : ''}${name}:] is not supported here`);
  return characters;
}

/** How many capturing groups the expression has. */
export function groupCount(regex: RegExp): number {
  // With an empty alternative it always matches, and the match tells its groups.
  return (new RegExp(`${regex.source}|`, regex.flags).exec('')?.length ?? 1) - 1;
}
