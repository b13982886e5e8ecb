/** What it costs to ask for the oldest object under way, for the backlog, and for what may be forgotten, with more and more objects under way. */
import { KnownObjects } from '#streamer';
import type { JudgedFigure } from '../judged-figures.ts';
import { cpuUsOf } from './cpu.ts';
import { type CurvePoint, figuresOfCurve, type GrowthRun } from './curve.ts';

const sizes = [1_000, 10_000, 100_000, 1_000_000] as const;
/** Objects that come and go between two questions, and questions asked, at each size. */
const turns = 200;
const objectsPerTurn = 50;
const keepMs = 180_000;
/** Heaps are some levels deeper, and a million entries fit into no cache. To walk them all would cost a thousand times as much. */
const ratioMax = 10;

export async function knownGrowth({ objectsMax, onStep }: GrowthRun): Promise<readonly JudgedFigure[]> {
  await measure(1_000);
  const points: CurvePoint[] = [];
  for (const objects of sizes.filter((size) => size <= objectsMax)) {
    points.push({ objects, us: await measure(objects) });
    onStep(`${objects} objects under way`);
  }
  // After some have come and gone.
  return figuresOfCurve({ what: 'a look at what is under way', points, judgedFrom: sizes[0], ratioMax });
}

async function measure(objects: number): Promise<number> {
  const known = new KnownObjects({ keepMs });
  const add = (index: number): void =>
    known.add(`logs\n${index}\nweb/${index}.gz`, { lastModifiedMs: index, eligibleMs: index, sizeBytes: 650_000 });
  let last = 0;
  for (; last < objects; last += 1) add(last);
  known.backlogAt(last);
  let first = 0;
  const spentUs = await cpuUsOf(() => {
    for (let turn = 0; turn < turns; turn += 1) {
      for (let index = 0; index < objectsPerTurn; index += 1) {
        add(last++);
        known.markDone(`logs\n${first}\nweb/${first}.gz`, last);
        first += 1;
      }
      known.expire(last);
      known.oldestUnderWayMs();
      known.backlogAt(last);
    }
  });
  return spentUs / turns;
}
