/** Looks into the schema: which keys a section has, what is known of a key, and all keys there are. */
import * as z from 'zod';
import type { KeyPath } from './key-path.ts';
import { isMapping, type RawNode } from './key-path.ts';
import { settingsSchema } from './schema.ts';
import { type KeyFacts, keyFacts, sectionAbout } from './schema/key.ts';

type Schema = z.core.$ZodType;

/** A mapping with fixed keys, a list, a mapping with free keys, or a key (`value`). */
export type SchemaShape =
  | { readonly kind: 'section'; readonly keys: Readonly<Record<string, Schema>> }
  | { readonly kind: 'list'; readonly item: Schema }
  | { readonly kind: 'map'; readonly value: Schema }
  | { readonly kind: 'value'; readonly facts: KeyFacts | null };

export function shapeOf(schema: Schema): SchemaShape {
  const facts = keyFacts.get(schema);
  if (facts !== undefined) return { kind: 'value', facts };
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) return shapeOf(schema.unwrap());
  if (schema instanceof z.ZodObject) return { kind: 'section', keys: schema.shape };
  if (schema instanceof z.ZodArray) return { kind: 'list', item: schema.element };
  if (schema instanceof z.ZodRecord) return { kind: 'map', value: schema.valueType };
  return { kind: 'value', facts: null };
}

/** What stands at the path, or null when the schema has no such place. */
export function shapeAt(path: KeyPath): SchemaShape | null {
  let shape = shapeOf(settingsSchema);
  for (const part of path) {
    const child = childOf(shape, part);
    if (child === null) return null;
    shape = shapeOf(child);
  }
  return shape;
}

function childOf(shape: SchemaShape, part: string | number): Schema | null {
  switch (shape.kind) {
    case 'section':
      return typeof part === 'string' && Object.hasOwn(shape.keys, part) ? (shape.keys[part] ?? null) : null;
    case 'list':
      return typeof part === 'number' ? shape.item : null;
    case 'map':
      return shape.value;
    case 'value':
      return null;
  }
}

export function factsAt(path: KeyPath): KeyFacts | null {
  const shape = shapeAt(path);
  return shape?.kind === 'value' ? shape.facts : null;
}

interface DocumentedKey {
  /** `http.batch_lines`, `s3.sources[].bucket`, `http.headers.<name>`. */
  readonly path: string;
  readonly facts: KeyFacts;
}

export interface DocumentedSection {
  /** Empty for the file itself. */
  readonly path: string;
  readonly about: string | null;
  readonly keys: readonly DocumentedKey[];
}

/** All sections with their keys, in the schema's order. A list or map of single values is a key of its section. */
export function allSections(): readonly DocumentedSection[] {
  const sections: DocumentedSection[] = [];
  const visit = (schema: Schema, path: string): void => {
    const shape = shapeOf(schema);
    if (shape.kind === 'list') visit(shape.item, `${path}[]`);
    if (shape.kind !== 'section') return;
    const children = Object.entries(shape.keys).map(([name, child]) => ({
      child,
      path: path === '' ? name : `${path}.${name}`,
    }));
    sections.push({ path, about: aboutOf(schema), keys: children.flatMap((entry) => keysAt(entry.child, entry.path)) });
    for (const entry of children) visit(entry.child, entry.path);
  };
  visit(settingsSchema, '');
  return sections;
}

function aboutOf(schema: Schema): string | null {
  return sectionAbout.get(schema)?.about ?? null;
}

function keysAt(schema: Schema, path: string): readonly DocumentedKey[] {
  const shape = shapeOf(schema);
  switch (shape.kind) {
    case 'section':
      return [];
    case 'list':
      return keysAt(shape.item, `${path}[]`);
    case 'map':
      return keysAt(shape.value, `${path}.<name>`);
    case 'value':
      return shape.facts === null ? [] : [{ path, facts: shape.facts }];
  }
}

/** The file's tree with `{}` where a section is only a heading (`redis:` with its keys commented out). */
export function withEmptySections(root: RawNode): RawNode {
  const fill = (node: RawNode, schema: Schema): RawNode => {
    const shape = shapeOf(schema);
    if (shape.kind === 'list') return Array.isArray(node) ? node.map((item) => fill(item, shape.item)) : node;
    if (node === '' && shape.kind !== 'value') return {};
    if (shape.kind !== 'section' || !isMapping(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, child]) => {
        const childSchema = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
        return [key, childSchema === undefined ? child : fill(child, childSchema)];
      }),
    );
  };
  return fill(root, settingsSchema);
}
