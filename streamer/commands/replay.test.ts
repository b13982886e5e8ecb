import { describe, expect, it } from 'vitest';
import { requestFor } from './replay.ts';

const object = { bucket: 'b', key: 'k', etag: 'e', sizeBytes: 7, lastModifiedMs: 5 };

describe('the request by which replay asks for an object', () => {
  it('answers no record of the quarantine where state did not know the object: one that was written since is of a line that nobody sends for it', () => {
    expect(requestFor(object, { kind: 'unknown' }, 0)).toMatchObject({ kind: 'missing', quarantineIds: [] });
  });

  it('answers all of them where the object is read again, whole', () => {
    const isReadAgain = { kind: 'again', settled: [], quarantineIds: 'all' };
    expect(requestFor(object, { kind: 'complete' }, 0)).toMatchObject(isReadAgain);
    expect(requestFor(object, { kind: 'partial', settled: [{ start: 0, end: 1 }] }, 0)).toMatchObject(isReadAgain);
    expect(requestFor(object, { kind: 'unknown' }, 6)).toMatchObject(isReadAgain);
  });
});
