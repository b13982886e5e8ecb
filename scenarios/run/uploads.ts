/** The generator's record: what was uploaded, and when it was meant to be. */
import { readFileSync } from 'node:fs';
import { HarnessError } from '#simulator';
import { z } from 'zod';

const uploadSchema = z.object({
  index: z.int().nonnegative(),
  key: z.string(),
  intendedMs: z.number(),
  putStartMs: z.number(),
  putEndMs: z.number(),
  fileTimestampMs: z.number(),
  gzBytes: z.number(),
  rawBytes: z.number(),
  lines: z.number(),
});

export type Upload = Readonly<z.infer<typeof uploadSchema>>;

export function readUploads(path: string): readonly Upload[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  try {
    return lines.map((line) => uploadSchema.parse(JSON.parse(line)));
  } catch (error) {
    throw new HarnessError('broken', `${path} is not what the generator writes.`, { cause: error });
  }
}
