/** What an object costs the local state, with more and more objects in the look-back window: CPU of all threads, fsync included. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openFileStateStore } from '#streamer';
import type { JudgedFigure } from '../judged-figures.ts';
import { cpuUsOf } from './cpu.ts';
import { curvesOf, type GrowthRun } from './curve.ts';
import { inFolder, pageObjects, settle, windowObjects } from './window.ts';

interface Cost {
  readonly objects: number;
  /** CPU, all threads, of the last objects that were settled. */
  readonly settleUs: number;
  readonly lookupUs: number;
  readonly fileBytes: number;
}

const sizes = [1_000, 10_000, 100_000, 1_000_000] as const;
/** The first commits compile the code: they would make what follows look cheap. */
const warmupObjects = 20_000;
/** Measured at each size, so that the clock of the CPU time is fine enough. */
const probePages = 10;
/** A tree that is a thousand times as large is some levels deeper. */
const ratioMax = 2.5;

export async function stateGrowth({ objectsMax, onStep }: GrowthRun): Promise<readonly JudgedFigure[]> {
  return inFolder(async (folder) => {
    await measureCosts(join(folder, 'warmup.db'), [warmupObjects], () => undefined);
    const wanted = sizes.filter((size) => size <= objectsMax);
    const costs = await measureCosts(join(folder, 'state.db'), wanted, ({ objects }) =>
      onStep(`${objects} objects settled in the state`),
    );
    return figuresOf(costs);
  });
}

async function measureCosts(
  path: string,
  wanted: readonly number[],
  onSize: (cost: Cost) => void,
): Promise<readonly Cost[]> {
  const state = openFileStateStore(path);
  const costs: Cost[] = [];
  let settled = 0;
  for (const objects of wanted) {
    const probeFrom = Math.max(settled, objects - probePages * pageObjects);
    for (; settled < probeFrom; settled += pageObjects) await settle(state, windowObjects(settled, pageObjects));
    const settleUs = await cpuUsOf(async () => {
      for (; settled < objects; settled += pageObjects) await settle(state, windowObjects(settled, pageObjects));
    });
    const pages = Array.from({ length: probePages }, (_, page) =>
      windowObjects(Math.floor((objects / probePages) * page), pageObjects),
    );
    const lookupUs = await cpuUsOf(async () => {
      for (const page of pages) await state.lookup(page);
    });
    const cost = {
      objects,
      settleUs: settleUs / (objects - probeFrom),
      lookupUs: lookupUs / (probePages * pageObjects),
      fileBytes: statSync(path).size,
    };
    costs.push(cost);
    onSize(cost);
  }
  await state.close();
  return costs;
}

function figuresOf(costs: readonly Cost[]): readonly JudgedFigure[] {
  const curve = curvesOf(costs, { judgedFrom: sizes[1], ratioMax });
  const largest = costs.at(-1);
  if (largest === undefined) throw new RangeError('no size');
  return [
    ...curve('settling an object', ({ settleUs }) => settleUs),
    ...curve('looking a settled object up', ({ lookupUs }) => lookupUs),
    { name: 'state on disk', actual: largest.fileBytes / largest.objects, op: '<=', limit: 64, unit: 'B/object' },
  ];
}
