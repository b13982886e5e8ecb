/** kill -9 at random moments of a drain: the guarantee "at least once, always; few duplicates" at its plainest. */
import { duplicatesWithinBound, killHitSomething, nothingLost, sinkMayBeBusy } from '../checks.ts';
import { backlogPart, defineScenario, loadOf } from '../define-scenario.ts';
import { linesInFlightAtKills } from '../observe/kills.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const kills = 3;
/** 64 MiB of lines of some 1,540 bytes since the last commit, and as much again while that commit was being written. */
const unsavedLinesMax = Math.ceil((2 * 64 * 1024 * 1024) / 1540);

export const streamerCrash: ScenarioBuilder = ({ random }) =>
  defineScenario({
    name: 'streamer-crash',
    why: `The streamer is killed with SIGKILL ${kills} times at random moments and started again.`,
    proves: 'Zero steady-state data loss across 24/7 operation.',
    takesS: 30,
    load: loadOf('max', [backlogPart('backlog', 120)]),
    // One in each third of the drain, and none so late that nothing would be left to resume.
    faults: Array.from({ length: kills }, (_, third) => ({
      at: { deliveredShare: (third + 0.1 + 0.7 * random.next()) / kills },
      action: { kind: 'kill-streamer', streamer: 0, downS: 0.2 },
    })),
    observe: [linesInFlightAtKills],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      sinkMayBeBusy,
      killHitSomething,
      {
        name: 'lines in flight, at most what may be unsaved',
        kind: 'integrity',
        path: 'delivery.duplicateBound',
        op: '<=',
        limit: kills * unsavedLinesMax,
        unit: 'lines',
        note: 'progress is durable at least every 64 MiB',
      },
    ],
  });
