/** The documented load for a long time: what leaks or drifts shows. */
import { duplicatesWithinBound, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf } from '../define-scenario.ts';
import { rssGrowth } from '../observe/memory.ts';
import { expectObserved } from '../observe/observation.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const usualS = 300;
const fullS = 2 * 3600;
/** The allocator's own ups and downs over some minutes. */
const growthMBMax = 40;

export const soak: ScenarioBuilder = ({ durationS, isFull }) => {
  const forS = durationS ?? (isFull ? fullS : usualS);
  return defineScenario({
    name: 'soak',
    why: 'The documented load for minutes or hours: lag does not rise, memory does not grow.',
    proves: 'Zero steady-state data loss across 24/7 operation.',
    takesS: forS + 15,
    load: loadOf('1x', [constantPart('live', 1, forS)], { warmupObjects: 4 }),
    observe: [rssGrowth],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      expectObserved(rssGrowth, 'performance', '<=', growthMBMax),
      {
        name: 'trend of the lag',
        kind: 'performance',
        path: 'pace.lagSlopeSPerS',
        op: '<=',
        limit: 0.01,
        unit: 's/s',
        note: 'above 0 it falls behind',
      },
    ],
  });
};
