import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListPage } from '#streamer';
import { MemoryBucket } from './memory-bucket.ts';
import { Judge } from './invariants.ts';
import { Truth } from './truth.ts';

function put(bucket: MemoryBucket, key: string, { visibleMs = 0, content = 500 } = {}): void {
  const truth = new Truth({ judge: new Judge(() => 0), nowMs: () => 0 });
  bucket.put(truth.addVersion({ bucket: 'b', key, lastModifiedMs: visibleMs, visibleMs, standing: 'owed' }, content));
}

function listAll(
  bucket: MemoryBucket,
  options: {
    prefix?: string;
    delimiter?: '/' | null;
    startAfter?: string | null;
    keysMax?: number;
    atMs?: number;
  } = {},
): readonly string[] {
  const names: string[] = [];
  let page: ListPage | null = null;
  do {
    page = bucket.list(
      {
        bucket: 'b',
        prefix: options.prefix ?? '',
        delimiter: options.delimiter ?? null,
        startAfter: options.startAfter ?? null,
        continuationToken: page?.continuationToken ?? null,
        keysMax: options.keysMax ?? 1000,
      },
      options.atMs ?? 0,
    );
    expect(page.objects.length + page.prefixes.length).toBeLessThanOrEqual(options.keysMax ?? 1000);
    names.push(...page.objects.map(({ key }) => key), ...page.prefixes);
  } while (page.continuationToken !== null);
  return names;
}

const keys = fc.uniqueArray(
  fc
    .array(fc.constantFrom('a', 'b', '1', '10', '2', '/'), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join('')),
  {
    maxLength: 30,
  },
);

describe('the virtual bucket', () => {
  it('lists every key below the prefix, once and in string order, whatever the size of its pages', () => {
    fc.assert(
      fc.property(keys, fc.constantFrom('', 'a', 'a/', '1'), fc.integer({ min: 1, max: 5 }), (all, prefix, keysMax) => {
        const bucket = new MemoryBucket();
        for (const key of all) put(bucket, key);
        expect(listAll(bucket, { prefix, keysMax })).toEqual(all.filter((key) => key.startsWith(prefix)).toSorted());
      }),
    );
  });

  it('starts after a key that need not exist', () => {
    fc.assert(
      fc.property(keys, fc.string({ maxLength: 3 }), (all, startAfter) => {
        const bucket = new MemoryBucket();
        for (const key of all) put(bucket, key);
        expect(listAll(bucket, { startAfter })).toEqual(all.filter((key) => key > startAfter).toSorted());
      }),
    );
  });

  it('folds deeper keys into folders, each told once', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 4 }), (all, keysMax) => {
        const bucket = new MemoryBucket();
        for (const key of all) put(bucket, key);
        const folded = new Set(all.map((key) => (key.includes('/') ? key.slice(0, key.indexOf('/') + 1) : key)));
        expect(listAll(bucket, { delimiter: '/', keysMax }).toSorted()).toEqual([...folded].toSorted());
      }),
    );
  });

  it('shows what was there at a moment: not yet, overwritten, deleted', () => {
    const bucket = new MemoryBucket();
    put(bucket, 'k', { visibleMs: 10, content: 500 });
    put(bucket, 'k', { visibleMs: 20, content: 501 });
    bucket.delete('k', 30);
    const contentAt = (atMs: number): number | null => bucket.at('k', atMs)?.content.id ?? null;
    expect([9, 10, 19, 20, 29, 30].map(contentAt)).toEqual([null, 500, 500, 501, 501, null]);
    expect(listAll(bucket, { atMs: 9 })).toEqual([]);
    expect(listAll(bucket, { atMs: 29 })).toEqual(['k']);
  });
});
