import { describe, expect, it } from 'vitest';
import type { StreamerEvent } from '#streamer';
import type { FleetObject } from './fleet-bucket.ts';
import { FleetRecorder } from './recorder.ts';

const object: FleetObject = {
  bucket: 'fleet',
  key: 'a',
  etag: '1',
  sizeBytes: 1,
  lastModifiedMs: 1000,
  visibleMs: 1400,
  prefixNumber: 0,
  kind: { rawBytes: 2e6, storedBytes: 1, stored: new Uint8Array(1) },
};

function completedAt(acknowledgedMs: number): StreamerEvent {
  const times = { getIssuedMs: 4000, inflatedMs: 4100, batchClosedMs: 4100, firstSentMs: 4200, acknowledgedMs };
  const completed = { rawBytes: 2e6, lines: 2, batches: 2, fileTimestampMs: 1000, listedMs: 4000, eligibleMs: 3000 };
  return { kind: 'object completed', object, completed: { ...completed, isWanted: false, times } };
}

describe('the recorder of a fleet', () => {
  it('counts lag from the moment when the object is there and its delay is over', () => {
    const patient = new FleetRecorder({ startMs: 0, delayWindowMs: 2000 });
    patient.onObject(object);
    patient.onEvent(completedAt(5500));
    expect(patient.seconds[3]?.eligible).toBe(1);
    expect(patient.seconds[5]).toMatchObject({ completed: 1, rawBytes: 2e6, lagsMs: [2500] });
    const prompt = new FleetRecorder({ startMs: 0, delayWindowMs: 0 });
    prompt.onObject(object);
    prompt.onEvent(completedAt(5500));
    expect(prompt.seconds[1]).toMatchObject({ offered: 1, eligible: 1 });
    expect(prompt.seconds[5]?.lagsMs).toEqual([4100]);
  });

  it('counts an object once, and tells that two have completed it', () => {
    const recorder = new FleetRecorder({ startMs: 0, delayWindowMs: 0 });
    recorder.onObject(object);
    recorder.onEvent(completedAt(5500));
    recorder.onEvent(completedAt(6500));
    expect(recorder).toMatchObject({ offered: 1, completed: 1, repeated: 1, lastSettledMs: 5500, rawBytes: 2e6 });
    expect(recorder.seconds[6]?.completed ?? 0).toBe(0);
  });
});
