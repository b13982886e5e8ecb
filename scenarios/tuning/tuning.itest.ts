/** One cheap row on real parts: with its lever pulled, and without. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '#simulator';
import { afterAll, describe, expect, it } from 'vitest';
import { distantAgents } from '../catalogue/sharing.ts';
import { Progress } from '../environment/progress.ts';
import { arm, setting, smallBacklog } from './arms.ts';
import { drainRate } from './measures.ts';
import type { TimedFault } from '../scenario.ts';
import type { Arm, Row } from './row.ts';
import { exitCodeOf, runTuning, type TuningOptions } from './tuning.ts';

const out = mkdtempSync(join(tmpdir(), 's3es-tuning-test-'));
afterAll(() => removeFolder(out));

/** One POST at a time to an agent that is so far away cannot deliver more than 5 MB/s. */
const agentDistanceMs = 200;

function draining(workers: number, faults: readonly TimedFault[]): Arm {
  return arm({
    name: `drain-${workers}-workers-${faults.length}-faults`,
    why: `A backlog of 12 MB, ${workers} POSTs at a time.`,
    takesS: 3,
    load: smallBacklog(6),
    settings: [setting('http.workers', workers, 10, 'the lever')],
    faults,
  });
}

function rowOf(before: Arm): Row {
  return {
    name: 'slow delivery',
    documented: ['lagWorkers'],
    rounds: 1,
    claims: [
      {
        when: 'agents that are far away',
        lever: 'http.workers 1 to 8',
        before,
        after: draining(8, [distantAgents(agentDistanceMs)]),
        measure: drainRate,
        symptom: { op: '<=', limit: 8 },
        effect: { kind: 'rises', to: 1.5 },
        provided: [],
        price: null,
      },
    ],
  };
}

const row = rowOf(draining(1, [distantAgents(agentDistanceMs)]));

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
    expect(notes.join('')).toMatch(/1 of 2: drain-1-workers-1-faults \(about \d+ s left\)/);
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
    const { result } = await runTuning([rowOf(draining(10, []))], options);
    expect(result.rows[0]).toMatchObject({
      judgement: 'could not tell',
      why: expect.stringContaining('the symptom did not appear'),
    });
    expect(exitCodeOf(result)).toBe(3);
  }, 120_000);

  it('fails, and is not tried again, where the streamer does not do its work', async () => {
    const bundle = join(out, 'dead.cjs');
    writeFileSync(bundle, 'process.exit(7);');
    const { result } = await runTuning([row], { ...options, bundle });
    const problems = ['The streamer did not start (exit code 7).'];
    expect(result.arms).toMatchObject([0, 1].map(() => ({ isBroken: true, verdict: 'fail', problems })));
    expect(exitCodeOf(result)).toBe(1);
  }, 120_000);
});
