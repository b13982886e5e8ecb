/** The documented lag, with arrivals as irregular as independent writers make them. */
import { duplicatesWithinBound, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, documentedRawMBPerMin, loadOf } from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const loadS = 60;

export const lagSloScenario: ScenarioBuilder = ({ durationS }) => {
  const forS = durationS ?? loadS;
  const part = constantPart('live', 1, forS);
  return defineScenario({
    name: 'lag-slo',
    why: 'The documented load with independent arrivals: the lag of each file under the SLO, the average as documented.',
    proves: '~493 ms end-to-end lag (well under the 60 s SLO).',
    takesS: forS + 10,
    load: loadOf('1x', [{ ...part, arrival: { kind: 'poisson', rawMBPerMin: documentedRawMBPerMin } }], {
      warmupObjects: 4,
    }),
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      { name: 'lag, average', kind: 'performance', path: 'latencyMs.lag.avg', op: '<=', limit: 493, unit: 'ms' },
    ],
  });
};
