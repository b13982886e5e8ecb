/** kill -9 at random moments of a drain: the guarantee "at least once, always; few duplicates" at its plainest. */
import type { SeededRandom } from '#simulator';
import { duplicatesWithinBound, nothingLost } from './checks.ts';
import type { Scenario } from './scenario.ts';

const kills = 3;
/** 64 MiB of lines of some 1,540 bytes since the last commit, and as much again while that commit was being written. */
const unsavedLinesMax = Math.ceil((2 * 64 * 1024 * 1024) / 1540);

/** `random` comes from the run's seed. */
export function streamerCrash(random: SeededRandom): Scenario {
  return {
    name: 'streamer-crash',
    why: `The streamer is killed with SIGKILL ${kills} times at random moments and started again.`,
    proves: 'Zero steady-state data loss across 24/7 operation.',
    load: { objects: 120, warmupObjects: 0, arrival: { kind: 'backlog' }, rate: 'max' },
    agents: 3,
    settings: [
      { key: 'processing.scan_interval', value: '250ms', shipped: '15s', why: 'a restart finds its work at once' },
      {
        key: 'processing.delay_window',
        value: '0s',
        shipped: '60s',
        why: 'objects of the run are complete as soon as they can be listed',
      },
    ],
    // One in each third of the drain, and none so late that nothing would be left to resume.
    faults: Array.from({ length: kills }, (_, third) => ({
      kind: 'kill-streamer',
      atDeliveredShare: (third + 0.1 + 0.7 * random.next()) / kills,
      downS: 0.2,
    })),
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      {
        name: 'lines in flight when the streamer was killed',
        kind: 'validity',
        path: 'delivery.duplicateBound',
        op: '>',
        limit: 0,
        unit: 'lines',
        note: 'a kill that hits nothing proves nothing',
      },
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
    barePipeRounds: 0,
    settleDeadlineS: 60,
  };
}
