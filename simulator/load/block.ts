/** A run of consecutive objects, built in one go: what goes back and forth between the build and its threads. */
import type { LoadObject } from './manifest.ts';
import type { ObjectBuilder } from './object-builder.ts';
import type { LoadSpec } from './spec.ts';

/** What a build thread is started with. */
export interface BuildThreadData {
  readonly spec: LoadSpec;
  readonly seed: number;
}

export interface BlockRange {
  readonly firstIndex: number;
  readonly objectCount: number;
}

export interface BuiltBlock {
  /** With offsets counted from the beginning of the block. */
  readonly objects: readonly LoadObject[];
  /** Stored bodies, one after the other. */
  readonly bodies: Uint8Array<ArrayBuffer>;
  /** Line tables, one after the other. */
  readonly tables: Uint32Array<ArrayBuffer>;
}

/** Enough lines that handing a block over costs nothing beside building it, and few enough that threads end together: about 10 MB. */
const BLOCK_LINES = 6_500;

export function blockRanges(spec: LoadSpec): readonly BlockRange[] {
  const perBlock = Math.max(1, Math.floor(BLOCK_LINES / spec.linesPerObject));
  return Array.from({ length: Math.ceil(spec.objects / perBlock) }, (_, block) => {
    const firstIndex = block * perBlock;
    return { firstIndex, objectCount: Math.min(perBlock, spec.objects - firstIndex) };
  });
}

export async function buildBlock(builder: ObjectBuilder, range: BlockRange): Promise<BuiltBlock> {
  const objects: LoadObject[] = [];
  const bodies: Uint8Array[] = [];
  const tables: Uint32Array[] = [];
  let gzOffset = 0;
  let tableOffset = 0;
  for (let index = range.firstIndex; index < range.firstIndex + range.objectCount; index += 1) {
    const { gz, gzMd5, rawBytes, lines, table } = await builder.build(index);
    const deliveredBytes = table[2 * lines] ?? 0;
    const deliveredCrc32 = table[2 * lines + 1] ?? 0;
    objects.push({
      index,
      gzOffset,
      gzBytes: gz.length,
      rawBytes,
      lines,
      tableOffset,
      deliveredBytes,
      deliveredCrc32,
      gzMd5,
    });
    bodies.push(gz);
    tables.push(table);
    gzOffset += gz.length;
    tableOffset += table.byteLength;
  }
  return {
    objects,
    bodies: concat(new Uint8Array(gzOffset), bodies),
    tables: concat(new Uint32Array(tableOffset / Uint32Array.BYTES_PER_ELEMENT), tables),
  };
}

/** Into memory of its own, which can be handed to another thread without a copy. */
function concat<T extends Uint8Array | Uint32Array>(
  target: T,
  parts: readonly Uint8Array[] | readonly Uint32Array[],
): T {
  let at = 0;
  for (const part of parts) {
    target.set(part, at);
    at += part.length;
  }
  return target;
}
