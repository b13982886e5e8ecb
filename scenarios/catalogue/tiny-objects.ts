/** Objects of one line: what costs is the object, not its bytes. */
import { duplicatesWithinBound, nothingLost } from '../checks.ts';
import { backlogPart, defineScenario, documentedShape, loadOf } from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const usual = 5_000;
const documented = 100_000;
/** Many tiny objects share a POST. */
const postsPerObjectMax = 0.5;

export const tinyObjects: ScenarioBuilder = ({ isFull }) => {
  const objects = isFull ? documented : usual;
  return defineScenario({
    name: 'tiny-objects',
    why: `${objects} objects of about 1 KB: each read once, many of them in one POST.`,
    proves: 'A batch is contiguous lines of one object, or several whole tiny objects, in one POST.',
    takesS: isFull ? 400 : 40,
    load: loadOf('max', [backlogPart('backlog', objects)], {
      shape: { ...documentedShape, linesPerObject: 1, linesSpread: 0 },
    }),
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      {
        name: 'POSTs, half the objects at most',
        kind: 'performance',
        path: 'requests.post',
        op: '<=',
        limit: objects * postsPerObjectMax,
        unit: 'requests',
        note: 'several whole tiny objects share one',
      },
      {
        name: 'GETs, one an object',
        kind: 'performance',
        path: 'requests.get',
        op: '<=',
        limit: objects,
        unit: 'requests',
        note: 'no object is read twice',
      },
    ],
    settleDeadlineS: isFull ? 900 : 120,
  });
};
