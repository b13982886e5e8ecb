import { describe, expect, it } from 'vitest';
import { describeMissing, minioService } from './services.ts';
import { Tally } from './tally.ts';

const minio = { name: 'MinIO', leavesOut: 'the snapshot on MinIO', cure: 'start Docker' };
const chromium = { name: 'Chromium', leavesOut: 'the report in a browser', cure: 'install chromium' };

describe('describeMissing', () => {
  it('says nothing when everything is there', () => {
    expect(describeMissing([{ ...minio, isThere: true }])).toBeNull();
  });

  it('says in one line what was left out and how to run it', () => {
    const line = describeMissing([
      { ...minio, isThere: false },
      { ...chromium, isThere: true },
    ]);
    expect(line).toBe('Left out: the snapshot on MinIO (no MinIO: start Docker). Then run npm test again.');
  });
});

describe('minioService', () => {
  it('is there by Docker or by a binary, but in CI only by a binary: there Docker is asked for as well', () => {
    const onlyDocker = { hasBinary: false, hasEither: true };
    expect(minioService({ isCI: false, ...onlyDocker }).isThere).toBe(true);
    const inCI = minioService({ isCI: true, ...onlyDocker });
    expect(describeMissing([inCI])).toBe(
      'Left out: the core scenarios as processes (no minio binary: put a minio binary on PATH or into MINIO_BINARY). Then run npm test again.',
    );
  });
});

describe('Tally', () => {
  it('ends in the line that machines read', () => {
    const tally = new Tally();
    tally.add({ passed: 12, skipped: 1 });
    tally.add({ failed: 2 });
    expect(`${tally.toString()}\n`).toMatch(/^12 passed, 2 failed, 1 skipped$/m);
  });
});
