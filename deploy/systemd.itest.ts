/** The unit, judged by systemd itself: without errors, bound to the agent, and closed to all that the streamer does not need. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool } from './tool.ts';

const UNIT = 's3-streamer.service';
/** Of 10; an ordinary service without settings has 9.6. */
const EXPOSURE_MAX = 1.5;

const analyze = findTool({ program: 'systemd-analyze', variable: 'SYSTEMD_ANALYZE', cure: 'it is part of systemd' });
const text = readFileSync(new URL(`systemd/${UNIT}`, import.meta.url), 'utf8');

function valuesOf(key: string): readonly string[] {
  return text.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));
}

describe('the unit', () => {
  it('starts, stops and restarts with the agent, as documented', () => {
    expect(valuesOf('BindsTo')).toEqual(['edgedelta.service']);
    expect(valuesOf('PartOf')).toEqual(['edgedelta.service']);
    expect(valuesOf('After')[0]).toContain('edgedelta.service');
    expect(valuesOf('User')).toEqual(['edgedelta']);
  });

  it('gets its secrets as credentials, and has none of them in its arguments or environment', () => {
    expect(valuesOf('LoadCredential')).toHaveLength(2);
    expect(valuesOf('ExecStart')[0]).toMatch(/run --config \$\{CREDENTIALS_DIRECTORY\}\/config\.yaml$/);
    expect(valuesOf('Environment')).toEqual([
      'AWS_SHARED_CREDENTIALS_FILE=/run/credentials/%n/aws',
      // Of the memory allocator; no secret.
      expect.stringMatching(/^MALLOC_\w+=\d+ MALLOC_\w+=\d+$/),
    ]);
  });

  it('is given longer to stop than the streamer may take, and is not started again with a wrong configuration', () => {
    expect(Number(valuesOf('TimeoutStopSec')[0])).toBeGreaterThan(20);
    expect(valuesOf('RestartPreventExitStatus')).toEqual(['2']);
  });
});

describe.skipIf(analyze.path === null)('systemd-analyze', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 's3es-unit-'));
    // The program at a place that exists here; everything else as it is shipped.
    writeFileSync(
      join(folder, UNIT),
      text
        .replace('/usr/bin/node', process.execPath)
        .replace('/opt/edgedelta/s3-streamer/streamer.js', join(process.cwd(), 'package.json')),
    );
    writeFileSync(join(folder, 'edgedelta.service'), '[Service]\nExecStart=/bin/true\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('verifies it, and has nothing to say', async () => {
    expect(await analyze.run(['verify', '--man=no', join(folder, UNIT)])).toEqual({ code: 0, output: '' });
  });

  it('finds it well protected', async () => {
    const threshold = `--threshold=${EXPOSURE_MAX * 10}`;
    const result = await analyze.run(['security', '--offline=true', threshold, join(folder, UNIT)]);
    expect(result.output).toContain('Overall exposure level');
    expect(result).toMatchObject({ code: 0 });
  });
});
