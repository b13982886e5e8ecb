/** However the program is started, glibc's allocator is told the same: without it memory that was given back stays with the process. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const settingsIn = (file: string): string | undefined =>
  /MALLOC_ARENA_MAX=\d+ MALLOC_TRIM_THRESHOLD_=\d+/.exec(readFileSync(new URL(file, import.meta.url), 'utf8'))?.[0];

describe('what the memory allocator is told', () => {
  const inFirstLine = settingsIn('../build.ts');

  it.each(['../Dockerfile', 'systemd/s3-streamer.service'])('by %s is what the bundle’s first line says', (file) => {
    expect(inFirstLine).toBeDefined();
    expect(settingsIn(file)).toBe(inFirstLine);
  });
});
