/**
 * Reads the YAML text and remembers where each key stands. All scalars stay the text that the user wrote (a password `0123` keeps its zero), so
 * every value, typed in or from the environment, is read by the same rules. Only a plain `null` or `~` is an empty value, as in the original.
 * Invariant: no message quotes the file, because the faulty place may be a secret.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { KeyPath, RawNode } from './key-path.ts';
import { isMapping } from './key-path.ts';
import type { ConfigNote } from './notes.ts';

export type YamlSource =
  | { readonly kind: 'source'; readonly root: RawNode; readonly lineOf: (path: KeyPath) => number | null }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigNote[] };

const QUOTE_IT = 'A value that begins with one of * & ! @ ` % needs quotes around it';

/** By the `yaml` package's error codes; its own messages may quote the text. */
const EXPLANATIONS: Readonly<Record<string, readonly [message: string, suggestion: string]>> = {
  BAD_SCALAR_START: ['the value begins with a character that YAML keeps for itself', 'Put quotes around the value'],
  BAD_ALIAS: ['* begins a reference, and the reference is not valid', QUOTE_IT],
  BAD_INDENT: [
    'the indentation does not fit the lines around it',
    'Keys of one section begin in the same column; close every [ and {',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'a key and its value stand where only a value may',
    'Look for a second ": " on the line or wrong indentation; put quotes around a value that holds ": "',
  ],
  DUPLICATE_KEY: ['the key is there twice', 'Keep one of the two'],
  MISSING_CHAR: ['a quote, bracket or colon is missing', 'Close what is open, and write keys as "key: value"'],
  MULTILINE_IMPLICIT_KEY: ['a key runs over two lines', 'Look for a missing ":" or wrong indentation'],
  MULTIPLE_DOCS: ['the file holds more than one document', 'Remove what begins with ---'],
  TAB_AS_INDENT: ['the line is indented with a tab', 'Use spaces'],
  TAG_RESOLVE_FAILED: ['! begins a type, and this type is not known here', QUOTE_IT],
};

export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    // Strings only; <<: is understood as in the original's YAML library.
    schema: 'failsafe',
    merge: true,
    lineCounter: lines,
    // Pretty errors quote the line.
    prettyErrors: false,
    logLevel: 'silent',
  });
  const lineAt = (offset: number | undefined): number | null =>
    offset === undefined ? null : lines.linePos(offset).line;
  const problems: ConfigNote[] = [...document.errors, ...document.warnings].map(({ code, pos }) => ({
    path: '',
    line: lineAt(pos[0]),
    message: EXPLANATIONS[code]?.[0] ?? `this is not valid YAML (${code})`,
    suggestion: EXPLANATIONS[code]?.[1] ?? null,
  }));
  problems.push(...findTraps(document, lineAt));
  if (problems.length > 0) return { kind: 'invalid', problems };
  emptyNulls(document);
  const root = toRaw(document);
  if (root === null) {
    const message = 'a <<: merge does not name a mapping, or references are nested too deeply';
    return { kind: 'invalid', problems: [{ path: '', line: null, message, suggestion: 'Write the keys out' }] };
  }
  if (!isMapping(root)) {
    const suggestion = 'It needs sections, such as "s3:" and "http:", with keys below them';
    return { kind: 'invalid', problems: [{ path: '', line: null, message: 'the file holds no mapping', suggestion }] };
  }
  return { kind: 'source', root, lineOf: (path) => lineAt(offsetOf(document, path)) };
}

/** What is good YAML and yet hardly meant: an unknown reference (`password: *abc`), an anchor without a value (`password: &abc`). */
function findTraps(
  document: Document.Parsed,
  lineAt: (offset: number | undefined) => number | null,
): readonly ConfigNote[] {
  const traps: ConfigNote[] = [];
  const add = (node: Node, message: string): void => {
    traps.push({ path: '', line: lineAt(node.range?.[0]), message, suggestion: QUOTE_IT });
  };
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) === undefined)
        add(alias, '* begins a reference, and nothing of that name comes before it');
    },
    Scalar: (_key, scalar) => {
      if (scalar.anchor !== undefined && scalar.source === '')
        add(scalar, '& begins a name for a value, and no value follows');
    },
  });
  return traps;
}

/** What YAML calls null, unless it is in quotes or said to be text (`!!str null`). A key of that name stays one. */
function emptyNulls(document: Document.Parsed): void {
  visit(document, {
    Scalar: (key, scalar) => {
      const isPlain = scalar.type === 'PLAIN' && scalar.tag === undefined;
      if (key !== 'key' && isPlain && /^(?:null|Null|NULL|~)$/.test(scalar.source ?? '')) scalar.value = '';
    },
  });
}

function toRaw(document: Document.Parsed): RawNode | null {
  try {
    // An empty file, or one of comments only, is an empty mapping.
    return document.contents === null ? {} : toRawNode(document.toJS());
  } catch {
    // The two things that only show now: a merge of what is no mapping, and references that multiply. The message could quote the file.
    return null;
  }
}

/** A copy without anything shared: YAML references give the same object at several places. */
function toRawNode(value: unknown): RawNode {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(toRawNode);
  if (typeof value !== 'object' || value === null) return '';
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, toRawNode(child)]));
}

/** Where the path's key (or list item) begins; of a path that is not there, the nearest key above it. */
function offsetOf(document: Document.Parsed, path: KeyPath): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
