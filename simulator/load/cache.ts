/**
 * Loads kept between runs: one folder per spec and seed, made once and read by any number of runs and processes.
 * Invariant: a folder with a load's name is a whole load. It is built under another name and renamed when complete.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode, HarnessError } from '../process/errors.ts';
import { buildLoad, type BuildProgress } from './build.ts';
import { LOAD_FILES, LOAD_VERSION } from './manifest.ts';
import type { LoadSpec } from './spec.ts';

/** Raised when the same spec and seed give other bytes than before; a test pins the content, and says so when it changes. */
const CONTENT_VERSION = 1;

/** Beyond this, loads that nobody used lately are deleted. A minute at full speed takes about 2 GB. */
const CACHE_BYTES_MAX = 12_000_000_000;

/** A load used less than this ago may be in use now. */
const UNUSED_AFTER_MS = 3_600_000;

/** A folder under construction for longer than this was left by a process that was killed. */
const ABANDONED_AFTER_MS = 24 * 3_600_000;

const BUILDING_PREFIX = 'building-';

/** Of a line, stored and in the table, generously; and of an object in load.json. */
const DISK_BYTES_PER_LINE = 150;
const DISK_BYTES_PER_OBJECT = 400;

export interface PrepareRequest {
  readonly spec: LoadSpec;
  readonly seed: number;
  /** Where loads are kept; see `loadCacheDir`. */
  readonly cacheDir: string;
  readonly threads?: number;
  readonly onProgress?: (progress: BuildProgress) => void;
}

export interface PreparedLoad {
  readonly dir: string;
  readonly isFromCache: boolean;
}

/** `.cache/loads` of the checkout, or `loads` in the folder that S3ES_CACHE_DIR names. */
export function loadCacheDir(env: Readonly<Record<string, string | undefined>>): string {
  const checkoutCache = fileURLToPath(new URL('../../.cache', import.meta.url));
  const override = env['S3ES_CACHE_DIR'];
  return join(override === undefined || override === '' ? checkoutCache : resolve(override), 'loads');
}

/** The folder of the load with this spec and seed, building it when it is not in the cache. */
export async function prepareLoad(request: PrepareRequest, signal: AbortSignal): Promise<PreparedLoad> {
  const { spec, seed, cacheDir } = request;
  const dir = join(cacheDir, loadName(spec, seed));
  if (await isPresent(dir)) {
    await markUsed(dir);
    return { dir, isFromCache: true };
  }
  await mkdir(cacheDir, { recursive: true });
  await pruneCache(cacheDir, Date.now());
  await checkDiskSpace(cacheDir, spec);

  const buildingDir = await mkdtemp(join(cacheDir, BUILDING_PREFIX));
  try {
    const threads = request.threads ?? availableParallelism();
    await buildLoad(buildingDir, { spec, seed, threads, onProgress: request.onProgress ?? (() => {}) }, signal);
    await publish(buildingDir, dir);
  } finally {
    await rm(buildingDir, { recursive: true, force: true });
  }
  return { dir, isFromCache: false };
}

function loadName(spec: LoadSpec, seed: number): string {
  // Fields sorted by name: two equal specs have one name, in whatever order they were written.
  const sorted = Object.entries(spec).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const identity = JSON.stringify([LOAD_VERSION, CONTENT_VERSION, seed, sorted]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 24);
}

async function publish(buildingDir: string, dir: string): Promise<void> {
  try {
    await rename(buildingDir, dir);
  } catch (error) {
    // Another process built the same load meanwhile; its bytes are the same.
    if (!(await isPresent(dir))) throw error;
  }
}

async function isPresent(dir: string): Promise<boolean> {
  return (await statOrNull(join(dir, LOAD_FILES.manifest))) !== null;
}

async function markUsed(dir: string): Promise<void> {
  const now = new Date();
  await utimes(join(dir, LOAD_FILES.manifest), now, now);
}

async function checkDiskSpace(cacheDir: string, spec: LoadSpec): Promise<void> {
  const neededBytes = spec.objects * (DISK_BYTES_PER_OBJECT + spec.linesPerObject * DISK_BYTES_PER_LINE);
  const { bavail, bsize } = await statfs(cacheDir);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  throw new HarnessError(
    'usage',
    `The load needs about ${megabytes(neededBytes)} on disk, and ${cacheDir} has ${megabytes(freeBytes)} free. ` +
      'Free some space, ask for a smaller load, or set S3ES_CACHE_DIR to a folder on a larger disk.',
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

/** Deletes what is abandoned, and of the rest what was used longest ago, until the cache is within its limit. */
export async function pruneCache(cacheDir: string, nowMs: number, cacheBytesMax = CACHE_BYTES_MAX): Promise<void> {
  const loads: { dir: string; bytes: number; usedMs: number }[] = [];
  for (const entry of await readdir(cacheDir, { withFileTypes: true })) {
    const dir = join(cacheDir, entry.name);
    if (entry.name.startsWith(BUILDING_PREFIX)) {
      const building = await statOrNull(dir);
      if (building !== null && nowMs - building.mtimeMs > ABANDONED_AFTER_MS)
        await rm(dir, { recursive: true, force: true });
      continue;
    }
    const manifest = await statOrNull(join(dir, LOAD_FILES.manifest));
    if (manifest !== null) loads.push({ dir, bytes: await folderBytes(dir), usedMs: manifest.mtimeMs });
  }
  let totalBytes = loads.reduce((sum, load) => sum + load.bytes, 0);
  for (const load of loads.toSorted((left, right) => left.usedMs - right.usedMs)) {
    if (totalBytes <= cacheBytesMax || nowMs - load.usedMs < UNUSED_AFTER_MS) break;
    await rm(load.dir, { recursive: true, force: true });
    totalBytes -= load.bytes;
  }
}

async function folderBytes(dir: string): Promise<number> {
  const files = await Promise.all(Object.values(LOAD_FILES).map((name) => statOrNull(join(dir, name))));
  return files.reduce((sum, file) => sum + (file?.size ?? 0), 0);
}

async function statOrNull(path: string): Promise<{ size: number; mtimeMs: number } | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
