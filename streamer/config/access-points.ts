/**
 * Buckets that are named by an access point. S3 lists and reads them by that name, but its events carry the real bucket's: nothing that the queue tells
 * of would be found to belong to a source.
 */
import { sourcesOf } from './derive.ts';
import type { KeyPath } from './key-path.ts';
import type { Finding } from './notes.ts';
import type { Settings } from './schema.ts';

/** An ARN, or the alias that AWS gives to an access point (`-s3alias`), to one on Outposts (`--op-s3`) or with Object Lambda (`--ol-s3`). */
const ACCESS_POINT = /^arn:|-s3alias$|--op-s3$|--ol-s3$/;

/** Those that S3 names otherwise where it tells of objects; none where nothing is told. */
export function findAccessPoints(settings: Settings): readonly Finding[] {
  const { mode } = settings.discovery;
  if (mode === 'poll') return [];
  const isOne = settings.s3.sources === undefined;
  return sourcesOf(settings).flatMap(({ bucket }, index) => {
    if (!ACCESS_POINT.test(bucket)) return [];
    const path: KeyPath = isOne ? ['s3', 'bucket'] : ['s3', 'sources', index, 'bucket'];
    const message = `is an access point: S3's events name the bucket behind it, so with discovery.mode ${mode} none of them fits`;
    return [{ path, message, suggestion: 'Give the name of that bucket, or use poll, which lists the access point' }];
  });
}
