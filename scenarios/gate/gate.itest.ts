/** The gate on real parts, with a load of a few objects: what it says where one of the two programs does not run. */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes, removeFolder } from '#simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Progress } from '../environment/progress.ts';
import type { GateStage } from './arm.ts';
import { judgeSides } from './gate.ts';
import { type Contest, runContest } from './relative.ts';
import { readGateSettings } from './settings.ts';
import { setGateStage } from './stage.ts';

const folder = mkdtempSync(join(tmpdir(), 's3es-gate-test-'));
const processes = new Processes(join(folder, 'logs'));
const broken = join(folder, 'broken.mjs');
const failing = join(folder, 'failing.mjs');
let stage: GateStage;

beforeAll(async () => {
  writeFileSync(broken, 'process.stderr.write("this build is broken"); process.exit(1);');
  const silent = new Progress({ isTTY: false, write: () => true });
  const options = {
    seed: 1,
    s3: 'embedded',
    redis: 'none',
    out: folder,
    replay: '',
    progress: silent,
    signal: new AbortController().signal,
  };
  stage = await setGateStage(options, folder, processes, { backlogObjects: 1, liveObjects: 3, notifiedObjects: 1 });
}, 120_000);

afterAll(async () => {
  await processes.stopAll();
  removeFolder(folder);
});

/** The same parts, with a folder of its own for the files of its runs. */
function freshStage(): GateStage {
  return { ...stage, folder: mkdtempSync(join(folder, 'contest-')) };
}

function contest(base: string, head: string): Contest {
  const settings = readGateSettings();
  return { base: { bundle: base }, head: { bundle: head }, settings, endMs: Date.now(), onPair: () => undefined };
}

describe('the gate', () => {
  it('says that base does not run, and that nothing was compared', async () => {
    const { verdict, reasons } = await judgeSides(() => runContest(freshStage(), contest(broken, stage.bundle)));
    expect(verdict).toBe('inconclusive');
    expect(reasons[0]).toMatch(/^Base does not run, so nothing was compared: .*this build is broken/s);
  }, 60_000);

  it('runs both in turn, finds nothing lost, and does not claim what one pair cannot show', async () => {
    const pairs: unknown[] = [];
    const outcome = await judgeSides(() =>
      runContest(freshStage(), { ...contest(stage.bundle, stage.bundle), onPair: (pair) => pairs.push(pair) }),
    );
    expect(pairs).toHaveLength(1);
    expect(outcome).toMatchObject({ verdict: 'inconclusive', pairs: 1, looks: [1], reasons: [] });
    expect(outcome.metrics.find(({ name }) => name === 'cpu')?.base).toBeGreaterThan(0);
    expect(outcome.metrics.find(({ name }) => name === 'lagP99')).toMatchObject({
      base: null,
      verdict: 'inconclusive',
    });
  }, 60_000);

  it('holds it against head that it fails in a later pair, and keeps what the pairs before have shown', async () => {
    const pairs: unknown[] = [];
    const onPair = (pair: unknown): void => {
      pairs.push(pair);
      // From now on head is another program.
      writeFileSync(failing, 'process.exit(7);');
    };
    copyFileSync(stage.bundle, failing);
    const outcome = await judgeSides(() =>
      runContest(freshStage(), { ...contest(stage.bundle, failing), endMs: Date.now() + 600_000, onPair }),
    );
    expect(outcome).toMatchObject({ verdict: 'regressed', pairs: 1, looks: [1] });
    expect(outcome.reasons[0]).toMatch(/^head failed in pair 2: .*did not start \(exit code 7\)/s);
    expect(outcome.metrics.find(({ name }) => name === 'cpu')?.base).toBeGreaterThan(0);
  }, 60_000);

  it('blames neither side where it is asked to stop', async () => {
    const stop = new AbortController();
    const stopping = { ...freshStage(), options: { ...stage.options, signal: stop.signal } };
    const gate = judgeSides(() => runContest(stopping, contest(stage.bundle, broken)));
    stop.abort();
    await expect(gate).rejects.toThrow(/abort/i);
  }, 60_000);

  it('holds it against head that head does not run', async () => {
    // Base is run first, so the same parts stay usable.
    const { verdict, reasons } = await judgeSides(() => runContest(freshStage(), contest(stage.bundle, broken)));
    expect(verdict).toBe('regressed');
    expect(reasons[0]).toMatch(/^Head does not run: /);
  }, 60_000);
});
