/** Reads a few objects as the streamer would, to tell how long the others will take. Nothing is sent anywhere. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { StreamerError } from '../errors.ts';
import type { ObjectRef, ObjectStore } from '../ports.ts';

const SAMPLES_MAX = 3;
/** A larger one would take long, and memory. */
const SAMPLE_BYTES_MAX = 64e6;
/** One that inflates to more is no sample of anything. */
const SAMPLE_RAW_BYTES_MAX = 1e9;

export interface ReadSample {
  readonly objects: number;
  readonly gzBytes: number;
  readonly rawBytes: number;
  /** From the GET to its answer, all together. */
  readonly answerMs: number;
  /** From the answer to the last inflated byte, all together. */
  readonly bodyMs: number;
}

/** Null when none could be read. */
export async function sampleRead(store: ObjectStore, objects: readonly ObjectRef[]): Promise<ReadSample | null> {
  const sample = { objects: 0, gzBytes: 0, rawBytes: 0, answerMs: 0, bodyMs: 0 };
  for (const object of objects
    .filter(({ sizeBytes }) => sizeBytes > 0 && sizeBytes <= SAMPLE_BYTES_MAX)
    .slice(0, SAMPLES_MAX)) {
    try {
      const issuedMs = performance.now();
      const body = await store.get(object, new AbortController().signal);
      const answeredMs = performance.now();
      const stored = await body.readAll();
      const rawBytes = await rawBytesOf(stored);
      sample.objects += 1;
      sample.gzBytes += stored.length;
      sample.rawBytes += rawBytes;
      sample.answerMs += answeredMs - issuedMs;
      sample.bodyMs += performance.now() - answeredMs;
    } catch (error) {
      // An object that cannot be read tells nothing of the others.
      if (!(error instanceof StreamerError)) throw error;
    }
  }
  return sample.objects === 0 ? null : sample;
}

async function rawBytesOf(stored: Uint8Array): Promise<number> {
  try {
    return (await promisify(gunzip)(stored, { maxOutputLength: SAMPLE_RAW_BYTES_MAX })).length;
  } catch {
    // Plain, or damaged: the time it took counts all the same.
    return stored.length;
  }
}

export interface Reading {
  readonly objects: number;
  readonly gzBytes: number;
  /** GETs at a time. */
  readonly workers: number;
  /** Objects inflated at a time. */
  readonly cores: number;
}

/** Answers are waited for side by side; bodies cost CPU, so that only as many as there are cores gain from it. */
export function estimateReadMs(sample: ReadSample, { objects, gzBytes, workers, cores }: Reading): number {
  const answerMs = (objects * sample.answerMs) / sample.objects / workers;
  const bodyMs = (gzBytes * sample.bodyMs) / Math.max(1, sample.gzBytes) / Math.min(workers, cores);
  return answerMs + bodyMs;
}
