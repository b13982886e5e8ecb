/** What is asked of runs whose clocks, or whose day, are not the machine's. */
import type { Observation } from './observation.ts';

/** How many LISTs the streamer needed, as the proxy in front of S3 counts them, for each of its scans: one for each folder that may get objects, and those of the look-back. */
export const listsPerScan: Observation = {
  id: 'listsPerScan',
  name: 'LIST requests a scan',
  unit: 'requests',
  measure: async ({ stage: { s3Proxy }, config, execution: { streamers } }) => {
    if (s3Proxy === null) return null;
    const ranMs = streamers.reduce((sum, { log }) => sum + log.saidMs - log.startedMs, 0);
    const { lists } = await s3Proxy.stats();
    return ranMs <= 0 ? null : lists / (ranMs / config.processing.scanIntervalMs);
  },
};

/** The most steps that an object's name is away from the first of its second: `_10` and beyond are what string order puts before `_2`. */
export const sequenceMax: Observation = {
  id: 'sequenceMax',
  name: 'highest <seq> in a file name',
  unit: '',
  measure: ({ uploads }) => Math.max(...uploads.map(({ key }) => Number(/_(\d+)\.gz$/.exec(key)?.[1] ?? 0))),
};

/** Folders of days that the files of the run are in. */
export const daysUsed: Observation = {
  id: 'daysUsed',
  name: 'days that files are of',
  unit: 'days',
  measure: ({ uploads }) => new Set(uploads.map(({ key }) => key.slice(0, key.lastIndexOf('/')))).size,
};

/** By what S3 handed out, as the proxy before it counts. A GET that failed read nothing. */
export const objectsReadAgain: Observation = {
  id: 'objectsReadAgain',
  name: 'objects that S3 served more than once',
  unit: 'objects',
  measure: async ({ stage: { s3Proxy }, uploads }) =>
    s3Proxy === null ? null : (await s3Proxy.stats()).objectsServed - uploads.length,
};
