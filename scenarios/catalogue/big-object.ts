/** One object of 1 GB: far larger than all memory that the streamer may use. */
import { duplicatesWithinBound, memoryLimitMB, nothingLost, rssOverLimitMax, sinkMayBeBusy } from '../checks.ts';
import { backlogPart, defineScenario, documentedShape, loadOf } from '../define-scenario.ts';
import { rssOverIdle } from '../observe/memory.ts';
import { expectObserved } from '../observe/observation.ts';
import type { ScenarioBuilder } from '../scenario.ts';

/** 1 GB of lines of some 1,540 bytes. */
const linesPerObject = 650_000;

export const bigObject: ScenarioBuilder = () =>
  defineScenario({
    name: 'big-object',
    why: 'An object of 1 GB raw is streamed in bounded memory, and every line of it delivered.',
    proves: 'Everything is bounded, by bytes: also with a 1 GB object.',
    takesS: 25,
    load: loadOf('max', [backlogPart('backlog', 1)], { shape: { ...documentedShape, linesPerObject, linesSpread: 0 } }),
    observe: [rssOverIdle],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      expectObserved(rssOverIdle, 'performance', '<=', rssOverLimitMax * memoryLimitMB, '1.5 times memory.limit'),
      sinkMayBeBusy,
      {
        name: 'raw data of the object',
        kind: 'validity',
        path: 'load.rawBytes',
        op: '>=',
        limit: 950_000_000,
        unit: 'bytes',
      },
    ],
  });
