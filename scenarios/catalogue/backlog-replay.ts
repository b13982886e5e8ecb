/** A day's backlog is worked off while live files go on arriving: two lanes, so that neither starves the other. */
import { duplicatesWithinBound, lagShowsSlip, nothingLost, sinkMayBeBusy } from '../checks.ts';
import { backlogPart, constantPart, defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { estimatedFinish, estimateOff, foretoldFinish, foretoldOff, realFinish } from '../observe/finish.ts';
import { expectObserved } from '../observe/observation.ts';
import { drainRate, lagMaxOf, lagOverDrain, settledBeside } from '../observe/parts.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const daySeconds = 24 * 3600;
const sloMs = 60_000;
/** Large enough, and live files often enough, that a fast machine too has both at work at once. */
const usual = { objects: 300, liveS: 15, timesDocumented: 4 };
/** 20 GB of raw data. */
const documented = { objects: 2_000, liveS: 180, timesDocumented: 1 };

const liveLagMax = lagMaxOf('live');
const liveBeside = settledBeside('live', 'backlog');
const liveLagOverDrain = lagOverDrain('live', 'backlog');
const backlogRate = drainRate('backlog');
const finish = realFinish('backlog');
const foretold = foretoldFinish('backlog');
const estimateApart = estimateOff('backlog');
const foretoldApart = foretoldOff('backlog');
/** `explain` reads three objects on a machine that has nothing else to do, and takes it that endpoints keep up: it tells a minute from an hour, not from two. */
const estimateFactorMax = 3;
/** Live files, and whatever else the machine does, come unevenly. */
const foretoldFactorMax = 2;

export const backlogReplay: ScenarioBuilder = ({ isFull }) => {
  const { objects, liveS, timesDocumented } = isFull ? documented : usual;
  return defineScenario({
    name: 'backlog-replay',
    why: `${objects} files of the last 24 hours are replayed beside live traffic, which must not wait behind them.`,
    proves: 'Replay and backlog never push the lag of live files over the SLO of 60 s.',
    takesS: liveS + 25,
    load: loadOf(`max + ${timesDocumented}x`, [
      { ...backlogPart('backlog', objects), stampsS: { from: -daySeconds, to: -3600 } },
      constantPart('live', timesDocumented, liveS),
    ]),
    settings: [
      ...promptSettings,
      {
        key: 'processing.live_window',
        value: '2s',
        shipped: '10m',
        why: 'the backlog was uploaded seconds ago, and must not pass for live',
      },
      {
        key: 'processing.lookback',
        value: '25h',
        shipped: '24h',
        why: 'the oldest time stamp is of 24 hours before the upload',
      },
    ],
    observe: [
      liveLagMax,
      liveBeside,
      liveLagOverDrain,
      backlogRate,
      estimatedFinish,
      foretold,
      finish,
      estimateApart,
      foretoldApart,
    ],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      expectObserved(liveBeside, 'validity', '>', 0, 'both lanes at work at once'),
      expectObserved(liveLagMax, 'performance', '<', sloMs),
      expectObserved(liveLagOverDrain, 'performance', '<=', 0.35),
      expectObserved(backlogRate, 'validity', '>', 0),
      expectObserved(estimatedFinish, 'validity', '>', 0),
      expectObserved(foretold, 'validity', '>', 0),
      expectObserved(finish, 'validity', '>', 0),
      expectObserved(estimateApart, 'performance', '<=', estimateFactorMax),
      expectObserved(foretoldApart, 'performance', '<=', foretoldFactorMax),
      lagShowsSlip,
      { ...sinkMayBeBusy, note: 'live files and backlog wait for it alike' },
    ],
    // Who slows down is to be seen with its finish, not as lost lines.
    settleDeadlineS: isFull ? 600 : 300,
  });
};
