/** What is made of a streamer that does not do its work, beside a harness that does not do its own. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '#simulator';
import { afterAll, describe, expect, it } from 'vitest';
import { Progress } from './environment/progress.ts';
import { arm, smallBacklog } from './tuning/arms.ts';
import { runAll } from './run-all.ts';
import type { ScenarioVerdict } from './summary.ts';

const out = mkdtempSync(join(tmpdir(), 's3es-run-all-'));
afterAll(() => removeFolder(out));

/** Says that it has started, as the streamer does. */
const start = `console.log(JSON.stringify({ time: new Date().toISOString(), version: '0', msg: 'streamer started' }));`;
const scenario = arm({ name: 'drain', why: 'A backlog of 4 MB.', takesS: 1, load: smallBacklog(2) });

let notes = '';

/** Twice, so that it is seen whether the second run still takes place. */
async function runWith(bundle: string): Promise<readonly ScenarioVerdict[]> {
  notes = '';
  const { verdicts, folder } = await runAll([scenario, scenario], {
    seed: 1,
    s3: 'embedded',
    redis: null,
    bundle,
    out,
    replayOf: (name) => `npm run scenario -- ${name}`,
    progress: new Progress({ isTTY: false, write: (text) => (notes += text) }),
    signal: AbortSignal.timeout(60_000),
  });
  expect(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'))).toMatchObject({ verdicts });
  return verdicts;
}

function program(name: string, text: string): string {
  const path = join(out, `${name}.cjs`);
  writeFileSync(path, `#!/usr/bin/env -S node\n${text}\n`);
  return path;
}

describe('a streamer that does not do its work has failed', () => {
  it.each([
    {
      what: 'does not start',
      bundle: program('dead', `console.error('no such thing'); process.exit(7);`),
      reason: 'The streamer did not start (exit code 7).',
    },
    {
      what: 'ends in mid-run',
      bundle: program('dying', `${start} setTimeout(() => process.exit(8), 200);`),
      reason: 'The streamer ended by itself (exit code 8).',
    },
  ])('when it $what', async ({ bundle, reason }) => {
    const verdicts = await runWith(bundle);
    expect(verdicts.map(({ verdict, reasons }) => ({ verdict, reason: reasons[0] }))).toEqual([
      { verdict: 'fail', reason },
      { verdict: 'fail', reason },
    ]);
  });
});

describe('a harness that breaks', () => {
  it('proves nothing, shows where it broke, and goes on with what is left', async () => {
    const verdicts = await runWith(join(out, 'absent.cjs'));
    expect(verdicts).toHaveLength(2);
    for (const { verdict, reasons } of verdicts) {
      expect(verdict).toBe('invalid');
      expect(reasons.join()).toMatch(/ENOENT.*absent\.cjs/);
    }
    expect(notes).toMatch(/The harness broke, so nothing is proved: ENOENT[^]*at .*streamer\.ts/);
  });
});
