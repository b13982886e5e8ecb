/** Puts what the schema found wrong into words: what is wrong, and what to write instead. */
import type { z } from 'zod';
import { formatKeyPath, isMapping, type KeyPath, nodeAt, type RawNode } from './key-path.ts';
import { nearest } from './nearest.ts';
import type { Finding } from './notes.ts';
import type { KeyFacts } from './schema/key.ts';
import { allSections, factsAt, type SchemaShape, shapeAt } from './schema-walk.ts';

type Issue = z.core.$ZodIssue;

const SHOWN_CHARACTERS_MAX = 60;

/** `replacedPaths`: what came from the environment may be a secret, whatever its key; it is never shown. */
export function findingsOf(
  issues: readonly Issue[],
  root: RawNode,
  replacedPaths: readonly KeyPath[],
): readonly Finding[] {
  const replaced = new Set(replacedPaths.map(formatKeyPath));
  return issues.flatMap((issue) => {
    const path = issue.path.flatMap((part) => (typeof part === 'symbol' ? [] : [part]));
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => explainUnknownKey(path, key));
    const node = nodeAt(root, path);
    const facts = factsAt(path);
    if (facts !== null && typeof node === 'string') {
      const isHidden = facts.isSecret || replaced.has(formatKeyPath(path)) || mayHoldCredentials(node);
      const shown = isHidden ? null : node;
      return [explainValue(path, facts, shown, readingOf(issue))];
    }
    return [explainShape(path, shapeAt(path), node)];
  });
}

/** `http://user:password@host`, `https://host/?token=...`, also where the rest of it is misspelt. */
function mayHoldCredentials(text: string): boolean {
  return text.includes('@') || /\/\/.*\?/.test(text);
}

function readingOf(issue: Issue): { readonly wrong: string; readonly cure: string | null } {
  const params: Readonly<Record<string, unknown>> = issue.code === 'custom' ? (issue.params ?? {}) : {};
  const { wrong, cure } = params;
  return {
    wrong: typeof wrong === 'string' ? wrong : 'is not possible here',
    cure: typeof cure === 'string' ? cure : null,
  };
}

/** `shown` is the user's text, or null when it must not be shown. */
function explainValue(
  path: KeyPath,
  facts: KeyFacts,
  shown: string | null,
  { wrong, cure }: { readonly wrong: string; readonly cure: string | null },
): Finding {
  const subject = shown === null ? 'the value' : shown === '' ? 'the value' : quote(shown);
  const similar = shown === null ? null : nearest(shown, facts.values);
  const orRemove = shown === '' && facts.absence !== null ? ', or remove the key' : '';
  const suggestion =
    shown !== null && cure !== null
      ? cure
      : similar === null
        ? `${facts.wanted}${orRemove}`
        : `Did you mean ${similar}?`;
  return { path, message: `${subject} ${wrong}`, suggestion };
}

function quote(text: string): string {
  return JSON.stringify(text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}...` : text);
}

/** A list where a value belongs, a value where keys belong, nothing at all. */
function explainShape(path: KeyPath, shape: SchemaShape | null, node: RawNode | undefined): Finding {
  const found = Array.isArray(node) ? 'a list' : isMapping(node) ? 'a mapping' : 'a single value';
  if (shape === null) return { path, message: 'is not possible here', suggestion: null };
  switch (shape.kind) {
    case 'value': {
      const wanted = shape.facts?.wanted ?? null;
      return {
        path,
        message: node === undefined ? 'is missing' : `needs a single value, not ${found}`,
        suggestion: wanted,
      };
    }
    case 'list':
      return {
        path,
        message: `needs a list, not ${found}`,
        suggestion: 'Write each item on a line of its own with "- " before it',
      };
    case 'map':
      return { path, message: `needs "name: value" lines below it, not ${found}`, suggestion: null };
    case 'section':
      return {
        path,
        message: `needs keys below it, not ${found}`,
        suggestion: `Possible: ${Object.keys(shape.keys).join(', ')}`,
      };
  }
}

function explainUnknownKey(parent: KeyPath, key: string): Finding {
  const path = [...parent, key];
  const message = 'unknown key';
  const shape = shapeAt(parent);
  const siblings = shape?.kind === 'section' ? Object.keys(shape.keys) : [];
  const similar = nearest(key, siblings);
  if (similar !== null) return { path, message, suggestion: `Did you mean ${similar}?`, meant: [...parent, similar] };
  const elsewhere = allPaths().filter((candidate) => candidate.split('.').at(-1) === key);
  const suggestion =
    elsewhere.length > 0
      ? `Did you mean ${elsewhere.slice(0, 3).join(' or ')}?`
      : `Possible here: ${siblings.join(', ')}`;
  return { path, message, suggestion };
}

function allPaths(): readonly string[] {
  const sections = allSections();
  return [...sections.map(({ path }) => path), ...sections.flatMap(({ keys }) => keys).map(({ path }) => path)];
}
