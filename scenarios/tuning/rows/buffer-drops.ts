/** High buffer drops. Only `http.on_full: drop` drops at all; then what finds no room in the buffer for a second is thrown away. */
import { duplicatesWithinBound, nothingLost } from '../../checks.ts';
import { droppedOtherwise } from '../../observe/dropped.ts';
import { expectObserved } from '../../observe/observation.ts';
import { agentsOfCapacity, arm, setting, smallObjectsAtOnce } from '../arms.ts';
import { droppedLines, lagMedian } from '../measures.ts';
import type { Arm, Row } from '../row.ts';

const agentMBps = 4;
const agents = 2;
/** 60 MB: fits into the shipped buffer of 64 MiB. */
const burstObjects = 30;
/** 180 MB: fits into none. */
const replayObjects = 90;
const smallBufferLines = 5000;
const largestBufferLines = 100_000;
const shippedBufferLines = 50_000;
const shippedWorkers = 15;
const fewWorkers = 3;

const drops = setting('http.on_full', 'drop', 'block', 'the documented symptom does not exist otherwise');

/**
 * In this mode what the ledger misses is dropped, and the streamer has to own up to every line of it: by the durable sum, and object by object, so that a line that is
 * lost in one does not pass for one that was counted too often in another. Its log names ranges, but is thinned out: a loss and a miscount within one object would pass.
 */
const dropsAreCounted = [
  ...nothingLost.filter(({ path }) => path !== 'delivery.lostLines'),
  {
    ...nothingLost[0]!,
    name: 'lines that are missing, all counted as dropped',
    limit: { path: 'delivery.droppedLines' as const },
  },
  expectObserved(droppedOtherwise, 'integrity', '==', 0),
  duplicatesWithinBound,
];

interface Overload {
  readonly objects: number;
  readonly bufferLines: number;
  readonly workers: number;
  readonly takesS: number;
}

function overloaded(what: string, { objects, bufferLines, workers, takesS }: Overload): Arm {
  return arm({
    name: `drops-${what}`,
    why: `${objects * 2} MB at once to ${agents} agents of ${agentMBps} MB/s, a buffer of ${bufferLines} lines, ${workers} S3 workers.`,
    takesS,
    load: smallObjectsAtOnce(objects),
    agents,
    settings: [
      drops,
      setting('http.buffer_size', bufferLines, shippedBufferLines, 'the lever, or the symptom'),
      setting('processing.worker_count', workers, shippedWorkers, 'the lever, or the symptom'),
    ],
    faults: [agentsOfCapacity(agentMBps)],
    observe: [droppedOtherwise],
    expect: dropsAreCounted,
  });
}

const smallBuffer = { bufferLines: smallBufferLines, workers: shippedWorkers };
const burst = overloaded('burst', { ...smallBuffer, objects: burstObjects, takesS: 8 });
const burstLargerBuffer = overloaded('burst-larger-buffer', {
  ...smallBuffer,
  objects: burstObjects,
  bufferLines: shippedBufferLines,
  takesS: 9,
});
const replay = overloaded('replay', { ...smallBuffer, objects: replayObjects, takesS: 15 });
const replayLargerBuffer = overloaded('replay-larger-buffer', {
  ...smallBuffer,
  objects: replayObjects,
  bufferLines: largestBufferLines,
  takesS: 18,
});
const replayFewWorkers = overloaded('replay-fewer-workers', {
  ...smallBuffer,
  objects: replayObjects,
  workers: fewWorkers,
  takesS: 23,
});

const symptom = { op: '>=', limit: 2000 } as const;
const effect = { kind: 'falls', to: 0.25 } as const;

export const dropsByBuffer: Row = {
  name: 'drops-buffer-size',
  documented: ['dropsBuffer'],
  rounds: 1,
  claims: [
    {
      when: 'a burst that the larger buffer can hold',
      lever: `http.buffer_size ${smallBufferLines} to ${shippedBufferLines}`,
      before: burst,
      after: burstLargerBuffer,
      measure: droppedLines,
      symptom,
      effect,
      provided: [],
      price: null,
    },
    {
      when: 'a backlog that no buffer can hold',
      lever: `http.buffer_size ${smallBufferLines} to ${largestBufferLines}, the most there is`,
      before: replay,
      after: replayLargerBuffer,
      measure: droppedLines,
      symptom,
      effect,
      provided: [],
      price: null,
    },
  ],
};

export const dropsByWorkers: Row = {
  name: 'drops-s3-workers',
  documented: ['dropsWorkers'],
  rounds: 1,
  claims: [
    {
      when: 'a backlog that no buffer can hold',
      lever: `processing.worker_count ${shippedWorkers} to ${fewWorkers}`,
      before: replay,
      after: replayFewWorkers,
      measure: droppedLines,
      symptom,
      effect,
      provided: [],
      price: lagMedian,
    },
  ],
};
