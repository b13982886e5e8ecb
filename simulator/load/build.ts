/**
 * Builds a load into a folder, on several threads.
 * Invariant: the files are byte-identical whatever the number of threads, because blocks are written in the order of their objects.
 */
import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { RECORD_KINDS } from '../records/record-kinds.ts';
import { IDENTITY_DIGITS } from '../records/record-kind.ts';
import { createLocalSource, createThreadSource, type BlockSource } from './block-source.ts';
import { blockRanges, type BuiltBlock } from './block.ts';
import { LOAD_FILES, LOAD_VERSION, type LoadManifest, type LoadObject } from './manifest.ts';
import type { LoadSpec } from './spec.ts';

export interface BuildProgress {
  readonly objects: number;
  readonly objectsTotal: number;
  readonly rawBytes: number;
}

export interface BuildRequest {
  readonly spec: LoadSpec;
  readonly seed: number;
  readonly threads: number;
  readonly onProgress: (progress: BuildProgress) => void;
}

/** How many blocks per thread may wait for an earlier one to be written: some 1 MB of memory each. */
const BLOCKS_AHEAD_PER_THREAD = 4;

/** The folder must exist and be empty. On an abort or a failure it holds no load.json. */
export async function buildLoad(dir: string, request: BuildRequest, signal: AbortSignal): Promise<void> {
  const { spec, seed, threads } = request;
  const ranges = blockRanges(spec);
  const sourceCount = Math.min(threads, ranges.length);
  const createSource = sourceCount === 1 && ranges.length === 1 ? createLocalSource : createThreadSource;
  const files = await openFiles(dir, request);
  const sources = Array.from({ length: sourceCount }, () => createSource({ spec, seed }));
  let nextBlock = 0;
  let written: Promise<void> = Promise.resolve();
  const unwritten: Promise<void>[] = [];

  async function drive(source: BlockSource): Promise<void> {
    for (let range = ranges[nextBlock++]; range !== undefined; range = ranges[nextBlock++]) {
      signal.throwIfAborted();
      const built = source.build(range);
      const writtenBefore = written;
      written = writtenBefore.then(async () => files.append(await built));
      // Whoever waits below sees the failure; this only keeps Node from calling it unhandled before that.
      written.catch(() => {});
      unwritten.push(written);
      await built;
      if (unwritten.length > sourceCount * BLOCKS_AHEAD_PER_THREAD) await unwritten.shift();
    }
  }

  try {
    await Promise.all(sources.map(drive));
    await written;
    await files.finish();
  } finally {
    await Promise.all(sources.map((source) => source.close()));
    await files.close();
  }
}

interface LoadFiles {
  append(block: BuiltBlock): Promise<void>;
  finish(): Promise<void>;
  close(): Promise<void>;
}

async function openFiles(dir: string, { spec, seed, onProgress }: BuildRequest): Promise<LoadFiles> {
  const bodies = await open(join(dir, LOAD_FILES.objects), 'wx');
  const tables = await open(join(dir, LOAD_FILES.lines), 'wx');
  const objects: LoadObject[] = [];
  let bodiesBytes = 0;
  let tablesBytes = 0;
  let rawBytes = 0;
  return {
    async append(block) {
      await writeAll(bodies, block.bodies);
      await writeAll(tables, block.tables);
      for (const object of block.objects) {
        objects.push({
          ...object,
          gzOffset: bodiesBytes + object.gzOffset,
          tableOffset: tablesBytes + object.tableOffset,
        });
        rawBytes += object.rawBytes;
      }
      bodiesBytes += block.bodies.byteLength;
      tablesBytes += block.tables.byteLength;
      onProgress({ objects: objects.length, objectsTotal: spec.objects, rawBytes });
    },
    async finish() {
      const kind = RECORD_KINDS[spec.kind];
      const manifest: LoadManifest = {
        version: LOAD_VERSION,
        spec,
        seed,
        identity: {
          marker: kind.identityMarker,
          digitsOffset: kind.identityOffset,
          objectDigits: IDENTITY_DIGITS,
          lineDigits: IDENTITY_DIGITS,
        },
        objects,
      };
      await writeFile(join(dir, LOAD_FILES.manifest), `${JSON.stringify(manifest)}\n`, { flag: 'wx' });
    },
    async close() {
      await bodies.close();
      await tables.close();
    },
  };
}

/** A single write may stop half-way, on a full disk for one. */
async function writeAll(file: FileHandle, data: Uint8Array | Uint32Array): Promise<void> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  await file.writeFile(bytes);
}
