import { describe, expect, it } from 'vitest';
import { FleetBucket, type FleetObject } from './fleet-bucket.ts';

const kind = { rawBytes: 10, storedBytes: 1, stored: new Uint8Array(1) };
const whole = {
  bucket: 'fleet',
  prefix: '',
  startAfter: null,
  continuationToken: null,
  delimiter: null,
  keysMax: 1000,
};

function bucketOf(...keys: readonly string[]): FleetBucket {
  const bucket = new FleetBucket();
  for (const key of keys) {
    const object: FleetObject = {
      bucket: 'fleet',
      key,
      etag: key,
      sizeBytes: 1,
      lastModifiedMs: 0,
      visibleMs: 0,
      prefixNumber: 0,
      kind,
    };
    bucket.add(key.slice(0, key.lastIndexOf('/') + 1), object);
  }
  return bucket;
}

const keysOf = (page: ReturnType<FleetBucket['list']>): readonly string[] => page.objects.map(({ key }) => key);

describe('the bucket of a fleet', () => {
  const bucket = bucketOf('w/day=1/a', 'w/day=1/b', 'w/day=1/c', 'w/day=2/a');

  it('lists all keys below a prefix, page by page', () => {
    const first = bucket.list({ ...whole, prefix: 'w/day=1/', keysMax: 2 });
    expect(keysOf(first)).toEqual(['w/day=1/a', 'w/day=1/b']);
    const second = bucket.list({ ...whole, prefix: 'w/day=1/', continuationToken: first.continuationToken });
    expect(keysOf(second)).toEqual(['w/day=1/c']);
    expect(second.continuationToken).toBeNull();
    expect(keysOf(bucket.list({ ...whole, prefix: 'w/' }))).toHaveLength(4);
  });

  it('begins after the key that it is told', () => {
    expect(keysOf(bucket.list({ ...whole, prefix: 'w/day=1/', startAfter: 'w/day=1/b', delimiter: '/' }))).toEqual([
      'w/day=1/c',
    ]);
  });

  it('folds deeper keys into prefixes, each once', () => {
    const page = bucket.list({ ...whole, prefix: 'w/', delimiter: '/' });
    expect(page.prefixes).toEqual(['w/day=1/', 'w/day=2/']);
    expect(page.objects).toEqual([]);
    expect(bucket.list({ ...whole, delimiter: '/' }).prefixes).toEqual(['w/']);
  });

  it('finds one object by its whole key', () => {
    expect(keysOf(bucket.list({ ...whole, prefix: 'w/day=1/b' }))).toEqual(['w/day=1/b']);
  });

  it('finds nothing where nothing is', () => {
    expect(keysOf(bucket.list({ ...whole, prefix: 'x/' }))).toEqual([]);
    expect(keysOf(bucketOf().list(whole))).toEqual([]);
  });
});
