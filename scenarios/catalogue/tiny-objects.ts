/** Objects of one line: what costs is the object, not its bytes. */
import { duplicatesWithinBound, nothingLost } from '../checks.ts';
import { backlogPart, defineScenario, documentedShape, loadOf } from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const usual = 5_000;
const documented = 100_000;
/**
 * A tiny object never waits for company: while a worker is free, it goes alone, and how often that is hangs on how fast S3 and the agents are on this machine
 * (a slow S3 makes more POSTs). Here the agents take so long that the shipped ten workers make at most 20 POSTs a second, and objects that are read faster
 * than that have to share.
 */
const agentMs = 500;
/** Kept by whoever reads 40 objects a second: a tenth of what a quiet machine reads. Who never shares makes 1, in twelve times the time. */
const postsPerObjectMax = 0.5;
const untilTheEndS = 3_600;

export const tinyObjects: ScenarioBuilder = ({ isFull }) => {
  const objects = isFull ? documented : usual;
  return defineScenario({
    name: 'tiny-objects',
    why: `${objects} objects of about 1 KB for agents that are slower than S3: each read once, many of them in one POST.`,
    proves: 'A batch is contiguous lines of one object, or several whole tiny objects, in one POST.',
    takesS: isFull ? 400 : 40,
    load: loadOf('max', [backlogPart('backlog', objects)], {
      shape: { ...documentedShape, linesPerObject: 1, linesSpread: 0 },
    }),
    faults: [
      {
        at: { afterS: 0 },
        action: {
          kind: 'sink',
          label: `agents take ${agentMs} ms for each POST`,
          faults: [{ kind: 'latency', delay: { shape: 'constant', ms: agentMs } }],
          forS: untilTheEndS,
        },
      },
    ],
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
    // Who never shares is to be seen with all its POSTs, not as lost lines.
    settleDeadlineS: isFull ? 900 : 300,
  });
};
