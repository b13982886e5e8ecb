import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Format } from './format.ts';
import { compareNatural } from './natural-order.ts';
import type { ObjectTask } from './object-task.ts';
import { ReadyQueue } from './ready-queue.ts';

const LIVE_WINDOW_MS = 100;
const FORMAT: Format = {
  name: 'zscaler',
  contentType: '',
  recordRule: { dropsArrayPunctuation: true, headerLines: 0 },
  isKeyOrderTimeOrder: true,
  match: () => null,
};

function task(key: string, times: Partial<ObjectTask> = {}): ObjectTask {
  const { eligibleMs = 0 } = times;
  const { notBeforeMs = eligibleMs, fileTimestampMs = eligibleMs } = times;
  const object = { bucket: 'logs', key, etag: 'e', sizeBytes: 1, lastModifiedMs: eligibleMs };
  return {
    object,
    source: 0,
    format: FORMAT,
    fileTimestampMs,
    listedMs: eligibleMs,
    eligibleMs,
    notBeforeMs,
    settled: [],
    settledLines: 0,
    failures: 0,
    damagedReadings: 0,
    parkings: 0,
    isFormatOpen: false,
  };
}

function queueOf(...tasks: readonly ObjectTask[]): ReadyQueue {
  const queue = new ReadyQueue({ liveWindowMs: LIVE_WINDOW_MS });
  for (const one of tasks) queue.push(one, -Infinity);
  return queue;
}

function takeAll(queue: ReadyQueue, nowMs: number): readonly string[] {
  const taken: string[] = [];
  for (let next = queue.take(nowMs); next !== null; next = queue.take(nowMs))
    taken.push(`${next.lane} ${next.task.object.key}`);
  return taken;
}

describe('ReadyQueue', () => {
  it('gives the oldest live object whose moment has come, then the oldest of the backlog, then nothing', () => {
    const push = fc.record({
      kind: fc.constant('push' as const),
      eligibleMs: fc.nat(400),
      extraMs: fc.oneof(fc.constant(0), fc.nat(50)),
      fileMs: fc.nat(3),
      sequence: fc.nat(12),
    });
    const take = fc.record({ kind: fc.constant('take' as const), passedMs: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(fc.oneof(push, take), { maxLength: 60 }), (steps) => {
        const queue = queueOf();
        let model: ObjectTask[] = [];
        let nowMs = 0;
        for (const [index, step] of steps.entries()) {
          if (step.kind === 'push') {
            const one = task(`a_${step.sequence}_${index}`, {
              eligibleMs: step.eligibleMs,
              notBeforeMs: step.eligibleMs + step.extraMs,
              fileTimestampMs: step.fileMs,
            });
            queue.push(one, nowMs);
            model.push(one);
          } else {
            nowMs += step.passedMs;
            const isLive = (one: ObjectTask): boolean => nowMs - one.eligibleMs < LIVE_WINDOW_MS;
            const [expected] = model
              .filter(({ notBeforeMs }) => notBeforeMs <= nowMs)
              .toSorted(
                (left, right) =>
                  Number(isLive(right)) - Number(isLive(left)) ||
                  left.eligibleMs - right.eligibleMs ||
                  left.fileTimestampMs - right.fileTimestampMs ||
                  compareNatural(left.object.key, right.object.key),
              );
            const taken = queue.take(nowMs);
            expect(taken?.task).toBe(expected);
            if (taken !== null) expect(taken.lane).toBe(isLive(taken.task) ? 'live' : 'backlog');
            model = model.filter((one) => one !== taken?.task);
          }
          expect(queue.length).toBe(model.length);
        }
      }),
    );
  });

  it('orders objects of the same moment by number, not by letter', () => {
    const queue = queueOf(task('7_130_10.gz'), task('7_130_2.gz'), task('7_130_1.gz'));
    expect(takeAll(queue, 0)).toEqual(['live 7_130_1.gz', 'live 7_130_2.gz', 'live 7_130_10.gz']);
  });

  it('counts an object as backlog from the very moment at which the live window ends', () => {
    expect(queueOf(task('a')).take(LIVE_WINDOW_MS - 1)?.lane).toBe('live');
    expect(queueOf(task('a')).take(LIVE_WINDOW_MS)?.lane).toBe('backlog');
  });

  it('moves an object that waited past the live window behind what is fresh', () => {
    const queue = queueOf(task('old', { eligibleMs: 0 }), task('older', { eligibleMs: -5 }));
    expect(queue.take(0)?.task.object.key).toBe('older');
    queue.push(task('fresh', { eligibleMs: 150 }), 0);
    expect(takeAll(queue, 150)).toEqual(['live fresh', 'backlog old']);
  });

  it('says when the next object may be read', () => {
    const queue = queueOf(task('b', { eligibleMs: 70 }), task('a', { eligibleMs: 50 }));
    expect(queue.nextNotBeforeMs).toBe(50);
    expect(queue.take(49)).toBeNull();
    expect(queue.take(50)?.task.object.key).toBe('a');
    expect(queue.nextNotBeforeMs).toBe(70);
    expect(queueOf().nextNotBeforeMs).toBeNull();
  });

  it('counts the backlog that waits for a reader', () => {
    const queue = queueOf(task('a'), task('b'), task('c', { eligibleMs: 500 }));
    expect(queue.backlogLength).toBe(0);
    queue.take(500);
    expect({ length: queue.length, backlogLength: queue.backlogLength }).toEqual({ length: 2, backlogLength: 2 });
  });

  // Found by the virtual world: after a clock was set back by hours, whatever waited for a moment waited for hours more.
  it('lets nothing wait longer because the clock was set back', () => {
    const queue = queueOf(task('a', { eligibleMs: 3_600_050 }), task('b', { eligibleMs: 3_600_020 }));
    expect(queue.take(3_600_000)).toBeNull();
    expect(queue.take(10)).toBeNull();
    expect(queue.nextNotBeforeMs).toBe(30);
    expect(takeAll(queue, 60).map((one) => one.at(-1))).toEqual(['b', 'a']);
  });

  // Found by the virtual world: all readers waited for an endpoint while a clock was set forward, an object was claimed, and the clock was set back.
  it('lets nothing wait longer because the clock was set forward and back while nobody took', () => {
    const queue = queueOf();
    expect(queue.take(0)).toBeNull();
    queue.push(task('a', { notBeforeMs: 3_600_000 }), 3_600_000);
    queue.push(task('b', { notBeforeMs: 20 }), 10);
    expect(takeAll(queue, 10).map((one) => one.at(-1))).toEqual(['a']);
    expect(takeAll(queue, 20).map((one) => one.at(-1))).toEqual(['b']);
  });

  it('lets an object that failed wait for its own moment while others pass', () => {
    const queue = queueOf(task('failed', { eligibleMs: 0, notBeforeMs: 40 }), task('next', { eligibleMs: 10 }));
    expect(takeAll(queue, 20)).toEqual(['live next']);
    expect(takeAll(queue, 40)).toEqual(['live failed']);
  });
});
