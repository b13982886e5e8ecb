/** `npm run bench -- growth`: what an object costs, with more and more of them. No S3, no sink. */
import { describeMachine } from '../../environment/machine.ts';
import type { RunOptions } from '../../run/context.ts';
import type { JudgedBench, JudgedFigure } from '../judged-figures.ts';
import type { GrowthRun } from './curve.ts';
import { discoveryGrowth } from './discovery.ts';
import { knownGrowth } from './known.ts';
import { ledgerGrowth } from './ledger.ts';
import { stateGrowth } from './state.ts';

export async function benchGrowth({
  seed,
  replay,
  progress,
}: Pick<RunOptions, 'seed' | 'replay' | 'progress'>): Promise<JudgedBench> {
  const figures = await measureGrowth({ objectsMax: 1_000_000, onStep: (text) => progress.note(text) });
  progress.end();
  return {
    title:
      'CPU time of what must not grow with the number of objects: under way, in the look-back window, in the books of a run.',
    figures,
    invalid: [],
    machine: describeMachine(),
    s3: { kind: 'none', version: '' },
    seed,
    replay,
  };
}

export async function measureGrowth(run: GrowthRun): Promise<readonly JudgedFigure[]> {
  const figures: JudgedFigure[] = [];
  for (const growth of [knownGrowth, ledgerGrowth, discoveryGrowth, stateGrowth]) figures.push(...(await growth(run)));
  return figures;
}
