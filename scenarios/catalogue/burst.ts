/** Ten times the usual load for a minute, out of the blue. */
import { duplicatesWithinBound, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf } from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const calmS = 10;
const burstS = 60;

export const burst: ScenarioBuilder = ({ durationS }) => {
  const forS = durationS ?? burstS;
  return defineScenario({
    name: 'burst',
    why: 'Ten times the documented load for a minute, between calm ones: the lag of every file stays under the SLO.',
    proves: '~493 ms end-to-end lag (well under the 60 s SLO), also in a burst.',
    takesS: 2 * calmS + forS + 10,
    load: loadOf(
      '1x, 10x, 1x',
      [
        constantPart('calm', 1, calmS),
        { ...constantPart('burst', 10, forS), startS: calmS },
        { ...constantPart('after', 1, calmS), startS: calmS + forS },
      ],
      { warmupObjects: 4 },
    ),
    expect: [...nothingLost, duplicatesWithinBound, lagSlo],
  });
};
