/** One cheap row on real parts: with its lever pulled, and without. */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '#simulator';
import { afterAll, describe, expect, it } from 'vitest';
import { Progress } from '../environment/progress.ts';
import { arm, setting, smallObjects } from './arms.ts';
import { listRequests } from './measures.ts';
import type { Arm, Row } from './row.ts';
import { exitCodeOf, runTuning, type TuningOptions } from './tuning.ts';

const out = mkdtempSync(join(tmpdir(), 's3es-tuning-test-'));
afterAll(() => removeFolder(out));

function scanning(interval: string): Arm {
  return arm({
    name: `scan-${interval}`,
    why: `A scan every ${interval}.`,
    takesS: 3,
    load: smallObjects(2, 3),
    settings: [setting('processing.scan_interval', interval, '15s', 'the lever')],
  });
}

function rowOf(before: string, after: string): Row {
  return {
    name: 'scans',
    documented: ['downScanInterval'],
    rounds: 1,
    claims: [
      {
        when: 'requests to S3',
        lever: `processing.scan_interval ${before} to ${after}`,
        before: scanning(before),
        after: scanning(after),
        measure: listRequests,
        symptom: { op: '>=', limit: 20 },
        effect: { kind: 'falls', to: 0.5 },
        provided: [],
        price: null,
      },
    ],
  };
}

const row = rowOf('100ms', '1s');

const notes: string[] = [];
const options: TuningOptions = {
  seed: 1,
  s3: 'embedded',
  redis: null,
  out,
  replay: 'npm run scenario -- tuning',
  progress: new Progress({ isTTY: false, write: (text) => notes.push(text) }),
  signal: new AbortController().signal,
  isPlacebo: false,
};

describe('a row on real parts', () => {
  it('is confirmed by its lever, says how long it will take, and leaves a report that leads to those of its arms', async () => {
    const { result, folder } = await runTuning([row], options);
    expect(result.rows).toMatchObject([{ judgement: 'confirmed' }]);
    expect(exitCodeOf(result)).toBe(0);
    expect(notes.join('')).toMatch(/1 of 2: scan-100ms \(about \d+ s left\)/);
    expect(readdirSync(folder).toSorted()).toEqual(['arms', 'report.html', 'report.md', 'result.json']);
    expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toEqual(result);
    for (const { report } of result.arms) expect(existsSync(join(folder, report ?? 'none'))).toBe(true);
  }, 120_000);

  it('is not confirmed when the lever is not pulled', async () => {
    const { result } = await runTuning([row], { ...options, isPlacebo: true });
    expect(result.rows).toMatchObject([{ judgement: 'not confirmed' }]);
    expect(exitCodeOf(result)).toBe(0);
  }, 120_000);

  it('cannot be judged where the symptom does not appear', async () => {
    const { result } = await runTuning([rowOf('1s', '2s')], options);
    expect(result.rows[0]).toMatchObject({
      judgement: 'could not tell',
      why: expect.stringContaining('the symptom did not appear'),
    });
    expect(exitCodeOf(result)).toBe(3);
  }, 120_000);
});
