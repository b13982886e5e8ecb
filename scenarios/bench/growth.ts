/** `npm run bench -- growth`: what an object costs the local state, with more and more objects in the look-back window. No S3, no sink. */
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '#simulator';
import { openFileStateStore } from '#streamer';
import { describeMachine } from '../environment/machine.ts';
import type { RunOptions } from '../run/context.ts';
import type { JudgedBench, JudgedFigure } from './judged-figures.ts';

type State = ReturnType<typeof openFileStateStore>;
type Objects = Parameters<State['lookup']>[0];

interface Cost {
  readonly objects: number;
  /** CPU, all threads, of the last objects that were settled. */
  readonly settleUs: number;
  readonly lookupUs: number;
  readonly fileBytes: number;
}

const sizes = [1_000, 10_000, 100_000, 1_000_000] as const;
/** The first commits compile the code: they would make what follows look cheap. */
const warmupObjects = 20_000;
/** One LIST page, and about what one commit holds at full speed. */
const pageObjects = 1_000;
/** Measured at each size, so that the clock of the CPU time is fine enough. */
const probePages = 10;
const windowMs = 86_400_000;
const endMs = Date.UTC(2025, 0, 2);
/** A tree that is a thousand times as large is some levels deeper. */
const ratioMax = 2.5;

export async function benchGrowth(options: Pick<RunOptions, 'seed' | 'replay' | 'progress'>): Promise<JudgedBench> {
  const costs = await inFolder(async (folder) => {
    await measureCosts(join(folder, 'warmup.db'), [warmupObjects], () => undefined);
    return measureCosts(join(folder, 'state.db'), sizes, ({ objects }) =>
      options.progress.note(`${objects} objects settled`),
    );
  });
  options.progress.end();
  return {
    title: 'CPU per object of the local state, with so many settled objects in the look-back window.',
    figures: figuresOf(costs),
    invalid: [],
    machine: describeMachine(),
    s3: { kind: 'none', version: '' },
    seed: options.seed,
    replay: options.replay,
  };
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 's3es-growth-'));
  try {
    return await work(folder);
  } finally {
    removeFolder(folder);
  }
}

async function measureCosts(
  path: string,
  wanted: readonly number[],
  onSize: (cost: Cost) => void,
): Promise<readonly Cost[]> {
  const state = openFileStateStore(path);
  const costs: Cost[] = [];
  let settled = 0;
  for (const objects of wanted) {
    const probeFrom = Math.max(settled, objects - probePages * pageObjects);
    for (; settled < probeFrom; settled += pageObjects) await settle(state, pageFrom(settled));
    const settleUs = await cpuUsOf(async () => {
      for (; settled < objects; settled += pageObjects) await settle(state, pageFrom(settled));
    });
    const pages = Array.from({ length: probePages }, (_, page) => pageFrom(Math.floor((objects / probePages) * page)));
    const lookupUs = await cpuUsOf(async () => {
      for (const page of pages) await state.lookup(page);
    });
    const cost = {
      objects,
      settleUs: settleUs / (objects - probeFrom),
      lookupUs: lookupUs / (probePages * pageObjects),
      fileBytes: statSync(path).size,
    };
    costs.push(cost);
    onSize(cost);
  }
  await state.close();
  return costs;
}

async function settle(state: State, page: Objects): Promise<void> {
  const changes = page.map((object) => ({ object, settled: [], complete: true }));
  await state.commit({ changes, quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null });
}

/** Objects as S3 lists them, spread over the window. */
function pageFrom(first: number): Objects {
  return Array.from({ length: pageObjects }, (_, offset) => {
    const index = first + offset;
    const lastModifiedMs = endMs - windowMs + Math.floor((index / 1_000_000) * windowMs);
    const key = `_weblog/year=2025/month=01/day=01/hour=${Math.floor((index / 1_000_000) * 24)}/${index}_1.gz`;
    return { bucket: 'logs', key, etag: index.toString(16).padStart(32, '0'), sizeBytes: 650_000, lastModifiedMs };
  });
}

async function cpuUsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function figuresOf(costs: readonly Cost[]): readonly JudgedFigure[] {
  const shown = costs.flatMap(({ objects, settleUs, lookupUs }): readonly JudgedFigure[] => [
    { name: `settling one of ${objects}`, actual: settleUs, op: '>=', limit: 0, unit: 'us' },
    { name: `looking one of ${objects} up`, actual: lookupUs, op: '>=', limit: 0, unit: 'us' },
  ]);
  const small = costs[1];
  const large = costs.at(-1);
  if (small === undefined || large === undefined) throw new RangeError('two sizes');
  const times = `${large.objects} over ${small.objects}`;
  return [
    ...shown,
    { name: `settling, ${times}`, actual: large.settleUs / small.settleUs, op: '<=', limit: ratioMax, unit: '' },
    { name: `looking up, ${times}`, actual: large.lookupUs / small.lookupUs, op: '<=', limit: ratioMax, unit: '' },
    { name: 'state on disk', actual: large.fileBytes / large.objects, op: '<=', limit: 64, unit: 'B/object' },
  ];
}
