import { describe, expect, it } from 'vitest';
import { asFound, asProcesses, findOtherParts, inContainers } from './parts.ts';
import type { RunResult } from './run-result.ts';

const processes = asProcesses({ minioBinary: '/usr/bin/minio', hasRedis: true });

function ranOn(s3: string, redis: string): RunResult {
  const versionOf = (kind: string): string | null => (kind === 'none' ? null : '7.2');
  return {
    verdict: 'pass',
    verdictReasons: [],
    checks: [],
    environment: { s3: { kind: s3, version: 'v1' }, redis: { kind: redis, version: versionOf(redis) } },
  };
}

describe('findOtherParts', () => {
  it('finds nothing in a run on what was asked for, with Redis or without', () => {
    expect(findOtherParts(inContainers, ranOn('minio-container', 'container'), 0)).toBeNull();
    expect(findOtherParts(inContainers, ranOn('minio-container', 'none'), 0)).toBeNull();
    expect(findOtherParts(processes, ranOn('minio', 'local'), 0)).toBeNull();
    expect(findOtherParts(processes, ranOn('minio', 'none'), 0)).toBeNull();
  });

  it('finds that a program of the machine was taken where containers were asked for', () => {
    expect(findOtherParts(inContainers, ranOn('minio', 'none'), 0)).toMatch(
      /^it was to run on minio-container, and ran on minio v1\. The Docker engine did not answer.*`docker version`/,
    );
    expect(findOtherParts(inContainers, ranOn('minio-container', 'local'), 0)).toMatch(
      /^it was to run on minio-container and Redis container, and ran on minio-container v1 · Redis local 7\.2\. The Docker/,
    );
  });

  it('finds a container where processes were asked for', () => {
    expect(findOtherParts(processes, ranOn('minio-container', 'none'), 0)).toMatch(/MINIO_BINARY must name/);
    expect(findOtherParts(processes, ranOn('minio', 'container'), 0)).toMatch(/MINIO_BINARY must name/);
  });

  it('is not satisfied by a run that passed and does not say what it ran on; one that failed is judged by that', () => {
    expect(findOtherParts(inContainers, null, 0)).toMatch(/left no result/);
    expect(findOtherParts(inContainers, null, 2)).toBeNull();
  });

  it('takes anything where anything was asked for', () => {
    expect(findOtherParts(asFound({ hasMinio: true, hasRedis: true }), ranOn('embedded', 'local'), 0)).toBeNull();
  });
});
