/**
 * A load folder: objects prepared before a run, so that uploading and judging cost next to nothing while it runs.
 *
 *     load.json    what it was made from, and where each object lies in the other two files
 *     objects.bin  the stored (gzip) bodies, one after the other
 *     lines.bin    per object a line table: lines + 1 entries of two little-endian uint32
 *
 * The *delivered stream* of an object is each line that must reach the sink (after the format's rule), followed by "\n". Entry j of the
 * table is the byte offset of line j in that stream, and the CRC-32 of all the stream's bytes before it; the last entry is the total.
 * So a batch of lines i to j-1 is verified in one pass, whatever was sent before it: `crc32(batch, prefixCrc[i]) === prefixCrc[j]`.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { errorCode, HarnessError, messageOf } from '../process/errors.ts';
import { LoadSpecSchema } from './spec.ts';

/** Raised whenever the meaning of these files changes; a folder of another version is never read. */
export const LOAD_VERSION = 1;

export const LOAD_FILES = { manifest: 'load.json', objects: 'objects.bin', lines: 'lines.bin' } as const;

const count = z.int().nonnegative();

const LoadObjectSchema = z.strictObject({
  /** Ordinal in the load; it is also the object number inside each of its lines. */
  index: count,
  /** Where the stored body begins in objects.bin, and how long it is. */
  gzOffset: count,
  gzBytes: count,
  /** Uncompressed size as stored, noise included. */
  rawBytes: count,
  /** Lines that must be delivered. */
  lines: count,
  /** Where the line table begins in lines.bin. */
  tableOffset: count,
  /** Length and CRC-32 of the delivered stream, as in the table's last entry. */
  deliveredBytes: count,
  deliveredCrc32: count,
  /** MD5 of the stored body, lower-case hex: what S3 answers as ETag to a single PUT. */
  gzMd5: z.string().length(32),
});

/** Where a delivered line carries its identity: decimal digits of the object index, directly followed by those of the line number. */
const IdentityPlaceSchema = z.strictObject({
  /** The bytes before the digits; to be searched for where a line does not have them at `digitsOffset`. */
  marker: z.string().min(1),
  /** Byte offset of the first digit in a delivered line. */
  digitsOffset: count,
  objectDigits: z.int().positive(),
  lineDigits: z.int().positive(),
});

const LoadManifestSchema = z.strictObject({
  version: z.literal(LOAD_VERSION),
  spec: LoadSpecSchema,
  seed: count,
  identity: IdentityPlaceSchema,
  objects: z.array(LoadObjectSchema),
});

export type LoadObject = Readonly<z.infer<typeof LoadObjectSchema>>;
export type IdentityPlace = Readonly<z.infer<typeof IdentityPlaceSchema>>;
export type LoadManifest = Readonly<z.infer<typeof LoadManifestSchema>>;

/** Offsets and prefix CRCs of one object's lines; entry `lines` is the total. */
export interface LineTable {
  readonly lines: number;
  /** Interleaved as in the file: entry j is `entries[2 * j]` (delivered offset) and `entries[2 * j + 1]` (prefix CRC-32). */
  readonly entries: Uint32Array;
}

/** An open load folder. Tables and bodies are read when asked for and not kept. */
export interface Load {
  readonly dir: string;
  readonly manifest: LoadManifest;
  /** Blocks for one small read: the sink calls it in the middle of a request, once per object. */
  readTable(index: number): LineTable;
  readBody(index: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Reads and checks load.json. */
export function readLoadManifest(dir: string): LoadManifest {
  const path = join(dir, LOAD_FILES.manifest);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why =
      errorCode(error) === 'ENOENT'
        ? `There is no load in ${dir}. Check the path, or build one.`
        : `Cannot read ${path}: ${messageOf(error)}. Delete the folder and build the load again.`;
    throw new HarnessError('usage', why, { cause: error });
  }
  const parsed = LoadManifestSchema.safeParse(json);
  if (!parsed.success) {
    throw new HarnessError(
      'usage',
      `${path} is not a load of version ${LOAD_VERSION}: ${z.prettifyError(parsed.error)}. Delete the folder and build the load again.`,
    );
  }
  return parsed.data;
}

export async function openLoad(dir: string): Promise<Load> {
  if (endianness() !== 'LE')
    throw new HarnessError(
      'usage',
      'Line tables are little-endian; this machine is not. Run the harness on x64 or arm64.',
    );
  const manifest = readLoadManifest(dir);
  const linesFile = openSync(join(dir, LOAD_FILES.lines), 'r');
  let objectsFile: FileHandle;
  try {
    objectsFile = await open(join(dir, LOAD_FILES.objects), 'r');
  } catch (error) {
    closeSync(linesFile);
    throw error;
  }

  function objectAt(index: number): LoadObject {
    const object = manifest.objects[index];
    if (object === undefined) throw new RangeError(`the load at ${dir} has no object ${index}`);
    return object;
  }

  function cutShort(file: string, index: number): HarnessError {
    return new HarnessError(
      'broken',
      `${join(dir, file)} is cut short: it lacks object ${index}. Delete the folder and build the load again.`,
    );
  }

  return {
    dir,
    manifest,
    readTable(index) {
      const { lines, tableOffset } = objectAt(index);
      const entries = new Uint32Array((lines + 1) * 2);
      const readBytes = readSync(linesFile, entries, { position: tableOffset });
      if (readBytes !== entries.byteLength) throw cutShort(LOAD_FILES.lines, index);
      return { lines, entries };
    },
    async readBody(index) {
      const { gzOffset, gzBytes } = objectAt(index);
      const body = Buffer.allocUnsafeSlow(gzBytes);
      const { bytesRead } = await objectsFile.read(body, { position: gzOffset });
      if (bytesRead !== gzBytes) throw cutShort(LOAD_FILES.objects, index);
      return body;
    },
    async close() {
      closeSync(linesFile);
      await objectsFile.close();
    },
  };
}
