/** Rounds beside the bare pipe, with state in a Redis that all of them share. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '#simulator';
import { expect, it } from 'vitest';
import { Progress } from '../environment/progress.ts';
import { runScenario } from '../run/run.ts';
import { arm, smallBacklog } from '../tuning/arms.ts';

// What the first has saved is complete: where the next one finds it, it has nothing to do, and the speed of its round is 0.
it('each deliver all of the load, whatever the streamer of the round before has saved', async () => {
  const out = mkdtempSync(join(tmpdir(), 's3es-rounds-'));
  const scenario = {
    ...arm({ name: 'drain', why: 'A backlog of 4 MB.', takesS: 1, load: smallBacklog(2) }),
    barePipeRounds: 2,
  };
  try {
    const { result } = await runScenario(scenario, {
      seed: 1,
      s3: 'embedded',
      redis: 'local',
      out,
      replay: 'none',
      progress: new Progress({ isTTY: false, write: () => undefined }),
      signal: AbortSignal.timeout(110_000),
    });
    expect(result.barePipe).toMatchObject({ rounds: 2, wrongLines: 0 });
    expect(result.barePipe?.ratioRawMBps.min).toBeGreaterThan(0);
  } finally {
    removeFolder(out);
  }
}, 120_000);
