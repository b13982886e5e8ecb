/** All endpoints stop reading at full load: everything that waits must fit into the limit, and nothing may get lost. */
import { duplicatesWithinBound, memoryLimitMB, nothingLost, rssOverLimitMax, sinkMayBeBusy } from '../checks.ts';
import { backlogPart, defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { accountedBytes, accountsDuring, rssOverIdle } from '../observe/memory.ts';
import { expectObserved } from '../observe/observation.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const pauseS = 60;
const accountsWhilePaused = accountsDuring(0);
/** More than fills the limit many times over, before and after. */
const objects = 240;

export const slowSink: ScenarioBuilder = ({ durationS }) => {
  const forS = durationS ?? pauseS;
  return defineScenario({
    name: 'slow-sink',
    why: 'All endpoints stop reading at full load: memory stays within its limit, and then everything is delivered.',
    proves: 'Everything is bounded, by bytes; a full buffer pauses reading and loses nothing.',
    takesS: forS + 30,
    load: loadOf('max', [backlogPart('backlog', objects)]),
    settings: [
      ...promptSettings,
      {
        key: 'memory.limit',
        value: '256MiB',
        shipped: '256MiB',
        why: 'the shipped default, as the checks below name it',
      },
    ],
    faults: [
      {
        at: { deliveredShare: 0.2 },
        action: { kind: 'sink', label: 'all endpoints stop reading', faults: [{ kind: 'pause' }], forS },
      },
    ],
    observe: [accountedBytes, accountsWhilePaused, rssOverIdle],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      expectObserved(accountsWhilePaused, 'validity', '>', 0, 'the log has one every 10 s: a shorter pause shows none'),
      expectObserved(accountedBytes, 'integrity', '<=', memoryLimitMB, 'the setting memory.limit'),
      expectObserved(rssOverIdle, 'performance', '<=', rssOverLimitMax * memoryLimitMB, '1.5 times memory.limit'),
      sinkMayBeBusy,
    ],
    settleDeadlineS: forS + 120,
  });
};
