import { describe, expect, it } from 'vitest';
import type { ObjectTask } from './object-task.ts';
import { ParkedObjects } from './parked-objects.ts';

function taskOf(key: string): ObjectTask {
  return {
    object: { bucket: 'logs', key, etag: 'e', sizeBytes: 1, lastModifiedMs: 0 },
    source: 0,
    format: {
      name: 'zscaler',
      contentType: '',
      recordRule: { dropsArrayPunctuation: true, headerLines: 0 },
      isKeyOrderTimeOrder: true,
      match: () => null,
    },
    fileTimestampMs: 0,
    listedMs: 0,
    eligibleMs: 0,
    notBeforeMs: 0,
    settled: [],
    settledLines: 0,
    failures: 0,
    damagedReadings: 0,
    parkings: 1,
    isFormatOpen: false,
  };
}

describe('ParkedObjects', () => {
  it('gives an object back when its wait is over, the earliest first, and counts it until it is settled', () => {
    const parked = new ParkedObjects({ bytesMax: 10_000 });
    parked.park(taskOf('b'), 0, 200);
    parked.park(taskOf('a'), 0, 100);
    expect(parked.waitMs(30)).toBe(70);
    expect(parked.takeDue(99)).toBeNull();
    expect(parked.takeDue(200)?.object.key).toBe('a');
    expect(parked.count).toBe(2);

    // Its batch failed again.
    parked.park(taskOf('a'), 200, 700);
    expect(parked.count).toBe(2);
    expect(parked.takeDue(200)?.object.key).toBe('b');
    expect(parked.takeDue(200)).toBeNull();
    parked.leave(taskOf('b').object);
    expect(parked.count).toBe(1);
  });

  it('lets nobody wait longer because the clock is set back', () => {
    const parked = new ParkedObjects({ bytesMax: 10_000 });
    parked.park(taskOf('a'), 10_000, 100);
    expect(parked.waitMs(5000)).toBe(100);
    expect(parked.takeDue(5099)).toBeNull();
    expect(parked.takeDue(5100)?.object.key).toBe('a');
  });

  it('has room for a limit of bytes, and has it again when an object is settled', () => {
    const parked = new ParkedObjects({ bytesMax: 10_000 });
    let count = 0;
    for (; parked.hasRoom; count += 1) parked.park(taskOf(`key-${count}`), 0, count);
    expect(count).toBeGreaterThan(5);
    expect(count).toBeLessThan(20);
    parked.leave(taskOf('key-3').object);
    expect(parked.hasRoom).toBe(true);
  });
});
