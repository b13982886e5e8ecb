/** The parts of a bench, in a folder that does not outlive it. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '#simulator';
import type { RunOptions, Stage } from '../run/context.ts';
import { setStage } from '../run/stage.ts';
import { withProcesses } from '../run/with-processes.ts';
import type { Scenario } from '../scenario.ts';

export async function onBenchStage<T>(
  scenario: Scenario,
  options: RunOptions,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 's3es-bench-'));
  try {
    return await withProcesses(folder, join(folder, 'logs'), options.signal, async (processes) =>
      work(await setStage(scenario, options, folder, processes)),
    );
  } finally {
    options.progress.end();
    removeFolder(folder);
  }
}
