/** Files that arrive hours after the time in their names, also on the day before: only the look-back can find them. */
import { duplicatesWithinBound, lagShowsSlip, lagSlo, nothingLost } from '../checks.ts';
import { backlogPart, constantPart, defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { daysUsed } from '../observe/clocks.ts';
import { expectObserved } from '../observe/observation.ts';
import { lagMaxOf } from '../observe/parts.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const loadS = 20;
const lookbackIntervalS = 4;
/** By whatever clock the run is started: so that 20 hours before lie on another day. */
const moment = { at: '2026-10-09T12:00:00Z', afterS: 10 };
const lateLagMax = lagMaxOf('late');

export const lateArrivals: ScenarioBuilder = () =>
  defineScenario({
    name: 'late-arrivals',
    why: 'Files arrive up to 20 hours after the time in their names, among live ones: none is passed over.',
    proves: 'Nothing skipped within lookback.',
    takesS: loadS + 15,
    load: loadOf('2x', [
      // What was there before: a scan need not list it again, nor what comes late beside it.
      { ...backlogPart('day', 6), stampsS: { from: -10 * 3600, to: -150 } },
      constantPart('live', 1, loadS),
      { ...constantPart('late', 1, loadS), startS: 1, stampsS: { from: -20 * 3600, to: -20 * 60 } },
    ]),
    clocks: { aheadS: [], moment },
    settings: [
      ...promptSettings,
      {
        key: 'processing.lookback_interval',
        value: `${lookbackIntervalS}s`,
        shipped: '5m',
        why: 'late files are found by the look-back, and the run is short',
      },
    ],
    observe: [daysUsed, lateLagMax],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      lagShowsSlip,
      expectObserved(daysUsed, 'validity', '==', 2),
      expectObserved(lateLagMax, 'validity', '>', 1000, 'found by the look-back, not by a scan'),
    ],
  });
