/** What a line costs the ledger that judges the runs, with more and more objects in the load: a harness that slows down would be taken for a streamer that does. */
import { Ledger, plainMemoryLoad, memoryBody } from '#simulator';
import type { JudgedFigure } from '../judged-figures.ts';
import { cpuUsOf } from './cpu.ts';
import { type CurvePoint, figuresOfCurve, type GrowthRun } from './curve.ts';

const sizes = [1_000, 10_000, 100_000] as const;
const linesPerObject = 3;
const probeObjects = 1_000;
const ratioMax = 2.5;

export async function ledgerGrowth({ objectsMax, onStep }: GrowthRun): Promise<readonly JudgedFigure[]> {
  await measure(2_000);
  const points: CurvePoint[] = [];
  for (const objects of sizes.filter((size) => size <= objectsMax)) {
    points.push({ objects, us: await measure(objects) });
    onStep(`${objects} objects in the ledger`);
  }
  // The first thousand compile the code.
  return figuresOfCurve({ what: 'an object in the ledger', points, judgedFrom: sizes[1], ratioMax });
}

/** Of the last objects of the load, when all others are in the books. */
async function measure(objects: number): Promise<number> {
  const load = plainMemoryLoad(objects, linesPerObject);
  const ledger = new Ledger(load);
  const bodies = Array.from({ length: objects }, (_, index) => memoryBody(load, index, 0, linesPerObject));
  const deliver = (from: number, to: number): void => {
    for (const body of bodies.slice(from, to)) {
      const reader = ledger.openBody({ splitsLines: true });
      reader.push(body);
      ledger.acknowledge(ledger.store(reader.finish(), { agent: 0, atMs: 1 }), 1);
    }
  };
  deliver(0, objects - probeObjects);
  const spentUs = await cpuUsOf(() => deliver(objects - probeObjects, objects));
  const { deliveredLines, acknowledgedLines } = ledger.totals();
  if (deliveredLines !== objects * linesPerObject || acknowledgedLines !== deliveredLines)
    throw new Error(`the ledger has ${deliveredLines} lines`);
  return spentUs / probeObjects;
}
