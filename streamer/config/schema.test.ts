import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configJsonSchema } from './json-schema.ts';
import { configPage, configReference } from './reference.ts';
import { allSections } from './schema-walk.ts';

interface JsonNode {
  readonly properties?: Readonly<Record<string, JsonNode>>;
  readonly additionalProperties?: JsonNode | boolean;
  readonly items?: JsonNode;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

/** The node of a documented path such as `s3.sources[].bucket`. */
function nodeOf(root: JsonNode, path: string): JsonNode | undefined {
  const parts = path.replaceAll('[]', '.[]').split('.');
  return parts.reduce<JsonNode | undefined>((node, part) => {
    if (part === '[]') return node?.items;
    if (part === '<name>')
      return typeof node?.additionalProperties === 'object' ? node.additionalProperties : undefined;
    return node?.properties?.[part];
  }, root);
}

const keys = allSections().flatMap((section) => section.keys);

describe('config.schema.json', () => {
  const written = JSON.parse(readFileSync(new URL('config.schema.json', import.meta.url), 'utf8')) as JsonNode;

  it('is what the schema gives (else: npm run schema)', () => {
    expect(written).toEqual(configJsonSchema());
  });

  it.each(keys.map(({ path }) => path))('describes %s', (path) => {
    expect(nodeOf(written, path)?.description).toMatch(/\w/);
  });

  it('refuses unknown keys everywhere and asks for the keys that a list item needs', () => {
    expect(written.additionalProperties).toBe(false);
    expect(nodeOf(written, 'http.auth')?.additionalProperties).toBe(false);
    expect(nodeOf(written, 'processing.log_formats[]')?.required).toEqual([
      'name',
      'filename_pattern',
      'timestamp_regex',
    ]);
  });

  it('gives defaults as YAML types them', () => {
    expect(nodeOf(written, 'http.workers')?.default).toBe(10);
    expect(nodeOf(written, 'http.timeout')?.default).toBe('30s');
    expect(nodeOf(written, 'health.enabled')?.default).toBe(true);
    expect(nodeOf(written, 'memory.limit')?.default).toBe('256MiB');
  });
});

describe('configReference', () => {
  const reference = configReference();

  it.each(keys.map(({ path }) => path))('has a row for %s', (path) => {
    expect(reference).toContain(`| \`${path}\` |`);
  });

  it('is what docs/configuration.md holds (else: npm run schema)', () => {
    expect(readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')).toBe(configPage());
  });

  it('is made of well-formed tables', () => {
    const tables = reference.split('\n\n').filter((block) => block.startsWith('|'));
    for (const block of tables) {
      const columns = block
        .trim()
        .split('\n')
        .map((row) => row.replaceAll(String.raw`\|`, '').split('|').length);
      expect(new Set(columns).size).toBe(1);
    }
    expect(tables.length).toBeGreaterThan(10);
  });

  it('shows limits and defaults', () => {
    expect(reference).toContain('| `http.batch_bytes` | size, 1KiB to 10MiB | `1048576` |');
    expect(reference).toContain('| `s3.sources[].bucket` | text | required |');
  });
});
