/** A load built in memory from given lines, for tests: the same tables as a load folder, without the folder. */
import { crc32 } from 'node:zlib';
import type { IdentityPlace, LineTable } from '../load/manifest.ts';
import type { LedgerLoad } from './table-cache.ts';

const head = '{"recordid":"';

export const memoryIdentity: IdentityPlace = {
  marker: '"recordid":"',
  digitsOffset: head.length,
  objectDigits: 9,
  lineDigits: 9,
};

/** The lines of one object, without newlines. */
export type MemoryObject = readonly Buffer[];

export interface MemoryLoad extends LedgerLoad {
  readonly objects: readonly MemoryObject[];
}

/** A line with its identity and some filling. */
export function memoryLine(index: number, line: number, filling: string): Buffer {
  return Buffer.from(`${head}${String(index).padStart(9, '0')}${String(line).padStart(9, '0')}","f":"${filling}"}`);
}

export function memoryLoad(objects: readonly MemoryObject[]): MemoryLoad {
  return {
    objects,
    manifest: { identity: memoryIdentity, objects: objects.map((lines) => ({ lines: lines.length })) },
    readTable(index) {
      const lines = objects[index];
      if (lines === undefined) throw new RangeError(`the load has no object ${index}`);
      return tableOf(lines);
    },
  };
}

/** Objects of `lines` lines each, all of them alike but for their identity and length. */
export function plainMemoryLoad(objects: number, lines: number, fillingBytes: number = 20): MemoryLoad {
  return memoryLoad(
    Array.from({ length: objects }, (_object, index) =>
      Array.from({ length: lines }, (_line, line) => memoryLine(index, line, 'x'.repeat(fillingBytes + (line % 7)))),
    ),
  );
}

/** Lines first..end-1 of an object as one body, each with its newline. */
export function memoryBody(load: MemoryLoad, index: number, first: number, end: number): Buffer {
  const lines = load.objects[index]?.slice(first, end) ?? [];
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
}

function tableOf(lines: MemoryObject): LineTable {
  const entries = new Uint32Array((lines.length + 1) * 2);
  let offset = 0;
  let crc = 0;
  for (const [line, bytes] of lines.entries()) {
    entries.set([offset, crc], 2 * line);
    offset += bytes.length + 1;
    crc = crc32('\n', crc32(bytes, crc));
  }
  entries.set([offset, crc], 2 * lines.length);
  return { lines: lines.length, entries };
}
