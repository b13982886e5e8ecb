import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirstTasks } from './first-tasks.ts';
import type { Format } from './format.ts';
import type { ObjectTask } from './object-task.ts';
import { compareTasks, ReadyQueue } from './ready-queue.ts';

const FORMAT: Format = {
  name: 'zscaler',
  contentType: '',
  recordRule: { dropsArrayPunctuation: true, headerLines: 0 },
  isKeyOrderTimeOrder: true,
  match: () => null,
};

const tasks = fc.uniqueArray(
  fc
    .record({ eligibleMs: fc.nat(50), fileTimestampMs: fc.nat(3), sequence: fc.nat(30) })
    .map(({ eligibleMs, fileTimestampMs, sequence }): ObjectTask => ({
      object: { bucket: 'b', key: `1_${sequence}`, etag: 'e', sizeBytes: 1, lastModifiedMs: 0 },
      source: 0,
      format: FORMAT,
      fileTimestampMs,
      listedMs: 0,
      eligibleMs,
      notBeforeMs: 0,
      settled: [],
      settledLines: 0,
      failures: 0,
      damagedReadings: 0,
      parkings: 0,
      isFormatOpen: false,
    })),
  { maxLength: 40, selector: ({ object }) => object.key },
);

describe('FirstTasks', () => {
  it('gives the objects that the ready queue would give first, in that order', () => {
    fc.assert(
      fc.property(tasks, fc.integer({ min: 1, max: 45 }), (all, countMax) => {
        const first = new FirstTasks(countMax, compareTasks);
        // All of them are backlog: the order inside a lane is what is compared.
        const queue = new ReadyQueue({ liveWindowMs: 1 });
        for (const task of all) {
          first.add(task);
          queue.push(task, 0);
        }
        const taken: (string | undefined)[] = [];
        while (taken.length < Math.min(countMax, all.length)) taken.push(queue.take(1000)?.task.object.key);
        expect(first.inOrder().map(({ object }) => object.key)).toEqual(taken);
      }),
    );
  });
});
