/**
 * What discovery costs with more and more settled objects in the look-back window: the sweep for each of them, and a head scan as a whole. The streamer's
 * own pipeline and state, on an S3 that is a sorted list in this process: the cost of the SDK, a page after the other, does not grow.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createPipeline,
  type ListPage,
  type ListRequest,
  type ObjectRef,
  openFileStateStore,
  parseConfig,
  type Ports,
} from '#streamer';
import type { JudgedFigure } from '../judged-figures.ts';
import { cpuUsOf } from './cpu.ts';
import { curvesOf, type GrowthRun } from './curve.ts';
import { inFolder, objectAt, pageObjects, settle } from './window.ts';

const sizes = [1_000, 10_000, 100_000] as const;
const windowMs = 23 * 3_600_000;
/** As many as at the documented load, whatever the rest of the window holds: head scans list them again and again. */
const recentObjects = 23;
const recentMs = 60_000;
const headScans = 200;
/** At the start there are two: the look-back's, and that of head scans which do not know yet which folders are active. */
const firstSweeps = 2;
const ratioMax = 2.5;

interface Cost {
  readonly objects: number;
  readonly sweepUs: number;
  readonly headScanUs: number;
}

export async function discoveryGrowth({ objectsMax, onStep }: GrowthRun): Promise<readonly JudgedFigure[]> {
  await inFolder(async (folder) => measure(folder, 20_000));
  const costs: Cost[] = [];
  for (const objects of sizes.filter((size) => size <= objectsMax)) {
    costs.push(await inFolder(async (folder) => measure(folder, objects)));
    onStep(`${objects} objects listed`);
  }
  const curve = curvesOf(costs, { judgedFrom: sizes[1], ratioMax });
  return [
    ...curve('sweeping over a settled object', ({ sweepUs }) => sweepUs),
    ...curve('a head scan beside settled objects', ({ headScanUs }) => headScanUs),
  ];
}

async function measure(folder: string, count: number): Promise<Cost> {
  const objects = objectsUntil(Date.now(), count);
  const state = openFileStateStore(join(folder, 'state.db'));
  for (let start = 0; start < count; start += pageObjects)
    await settle(state, objects.slice(start, start + pageObjects));
  const swept = Promise.withResolvers<void>();
  const scanned = Promise.withResolvers<void>();
  let sweeps = 0;
  let scans = 0;
  const emit: Ports['events']['emit'] = (event) => {
    if (event.kind === 'sweep finished' && ++sweeps === firstSweeps) swept.resolve();
    const isHeadScan = event.kind === 'listed' && event.motion === 'head' && sweeps >= firstSweeps;
    if (isHeadScan && ++scans === headScans) scanned.resolve();
    if (event.kind === 'object found') swept.reject(new Error(`${event.object.key} was settled`));
  };
  const { config } = parseConfig(configYaml, {}, 'growth.yaml');
  const pipeline = createPipeline(portsOf(objects, state, emit), config);
  const stop = new AbortController();
  let ended = Promise.resolve();
  const sweepCpuUs = await cpuUsOf(async () => {
    ended = pipeline.run(stop.signal, stop.signal);
    await swept.promise;
  });
  const headCpuUs = await cpuUsOf(async () => scanned.promise);
  stop.abort();
  await ended;
  await state.close();
  return { objects: count, sweepUs: sweepCpuUs / count, headScanUs: headCpuUs / headScans };
}

const configYaml = `
s3: {bucket: logs, prefix: web/, region: us-east-1}
http: {endpoints: [http://127.0.0.1:1]}
processing: {start_from: beginning, scan_interval: 10ms, delay_window: 0s}
state: {file_path: unused.db}
`;

/** Spread over the window, the newest of them now; in the order of their keys. */
function objectsUntil(nowMs: number, count: number): readonly ObjectRef[] {
  const older = count - recentObjects;
  const stamps = [
    ...Array.from({ length: older }, (_, index) => nowMs - windowMs + ((windowMs - 2 * recentMs) / older) * index),
    ...Array.from({ length: recentObjects }, (_, index) => nowMs - recentMs + (recentMs / recentObjects) * index),
  ];
  const objects = stamps.map((stampMs, index) => objectAt(keyOf(stampMs, index), index, Math.floor(stampMs)));
  return objects.toSorted((left, right) => (left.key < right.key ? -1 : 1));
}

function keyOf(stampMs: number, index: number): string {
  const date = new Date(stampMs);
  const folder = `web/year=${date.getUTCFullYear()}/month=${date.getUTCMonth() + 1}/day=${date.getUTCDate()}/`;
  return `${folder}${Math.floor(stampMs / 1000)}_56442_130_${index}.gz`;
}

function portsOf(
  objects: readonly ObjectRef[],
  state: ReturnType<typeof openFileStateStore>,
  emit: Ports['events']['emit'],
): Ports {
  const notUsed = (): never => {
    throw new Error('nothing is read, for all is settled');
  };
  const unused = async (): Promise<never> => notUsed();
  return {
    clock: {
      now: () => Date.now(),
      elapsed: () => performance.now(),
      sleep: async (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
    },
    random: { next: () => 0.5 },
    objects: { list: async (request) => listPage(objects, request), head: unused, get: unused },
    inflate: {
      whole: unused,
      asStored: notUsed,
      member: unused,
      stream: () => ({ [Symbol.asyncIterator]: () => ({ next: unused }) }),
    },
    sink: { endpoints: ['http://127.0.0.1:1'], post: unused, close: async () => undefined },
    state,
    events: { emit },
  };
}

/** As S3 answers: a page behind a key, folders rolled up. Found by bisection, so that a page costs the same wherever it begins. */
function listPage(objects: readonly ObjectRef[], request: ListRequest): ListPage {
  const { prefix, delimiter, keysMax } = request;
  const after = request.continuationToken ?? request.startAfter ?? '';
  const page: ObjectRef[] = [];
  const prefixes: string[] = [];
  for (let at = firstBehind(objects, after < prefix ? prefix : after, after >= prefix); ;) {
    const object = objects[at];
    if (object === undefined || !object.key.startsWith(prefix))
      return { objects: page, prefixes, continuationToken: null };
    if (page.length + prefixes.length === keysMax)
      return { objects: page, prefixes, continuationToken: objects[at - 1]?.key ?? null };
    const end = delimiter === null ? -1 : object.key.indexOf(delimiter, prefix.length);
    if (end === -1) {
      page.push(object);
      at += 1;
      continue;
    }
    const folder = object.key.slice(0, end + 1);
    prefixes.push(folder);
    at = firstBehind(objects, `${folder}\uffff`, true);
  }
}

function firstBehind(objects: readonly ObjectRef[], key: string, isStrict: boolean): number {
  let low = 0;
  let high = objects.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const here = objects[middle]?.key ?? '';
    if (here < key || (isStrict && here === key)) low = middle + 1;
    else high = middle;
  }
  return low;
}
