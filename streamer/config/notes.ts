/** What is wrong with a configuration, or worth knowing about it: where, what, and what to do. Notes never hold a secret. */
import type { KeyPath } from './key-path.ts';
import { formatKeyPath } from './key-path.ts';

export interface ConfigNote {
  /** `http.endpoints[0]`; empty for the file as a whole. */
  readonly path: string;
  /** From 1; null when nothing in the file stands for it. */
  readonly line: number | null;
  readonly message: string;
  /** Null when the message leaves nothing to add. */
  readonly suggestion: string | null;
}

/** A note before its line is looked up. */
export interface Finding {
  readonly path: KeyPath;
  readonly message: string;
  readonly suggestion: string | null;
  /** The key that a misspelt one was meant to be: it is not missing, too. */
  readonly meant?: KeyPath;
}

export function toNotes(findings: readonly Finding[], lineOf: (path: KeyPath) => number | null): readonly ConfigNote[] {
  return findings
    .map(({ path, message, suggestion }) => ({ path: formatKeyPath(path), line: lineOf(path), message, suggestion }))
    .toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0));
}

/** One line: `line 12, http.workrs: unknown key. Did you mean workers?` */
export function formatNote({ path, line, message, suggestion }: ConfigNote): string {
  const place = [line === null ? '' : `line ${line}`, path].filter((part) => part !== '').join(', ');
  const sentence = suggestion === null ? message : `${message}. ${suggestion}`;
  return place === '' ? sentence : `${place}: ${sentence}`;
}

/** Every note on a line of its own below a heading. */
export function formatNotes(heading: string, notes: readonly ConfigNote[]): string {
  return [heading, ...notes.map((note) => `  ${formatNote(note)}`)].join('\n');
}
