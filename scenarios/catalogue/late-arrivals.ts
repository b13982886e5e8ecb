/** Files that arrive hours after the time in their names, also on the day before: only the look-back can find them. */
import { duplicatesWithinBound, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { expectObserved } from '../observe/observation.ts';
import { lagMaxOf } from '../observe/parts.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const loadS = 20;
const lookbackIntervalS = 4;
const lateLagMax = lagMaxOf('late');

export const lateArrivals: ScenarioBuilder = () =>
  defineScenario({
    name: 'late-arrivals',
    why: 'Files arrive up to 20 hours after the time in their names, among live ones: none is passed over.',
    proves: 'Nothing skipped within lookback.',
    takesS: loadS + 15,
    load: loadOf(
      '2x',
      [
        constantPart('live', 1, loadS),
        { ...constantPart('late', 1, loadS), startS: 1, stampsS: { from: -20 * 3600, to: -20 * 60 } },
      ],
      { warmupObjects: 4 },
    ),
    settings: [
      ...promptSettings,
      {
        key: 'processing.lookback_interval',
        value: `${lookbackIntervalS}s`,
        shipped: '5m',
        why: 'late files are found by the look-back, and the run is short',
      },
    ],
    observe: [lateLagMax],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      expectObserved(lateLagMax, 'validity', '>', 0, 'there must have been late files'),
    ],
  });
