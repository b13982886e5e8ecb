/** What a load is made of. Two equal specs with equal seeds give the same bytes; anything else that could change them belongs in here. */
import * as z from 'zod';

export const LoadSpecSchema = z.strictObject({
  /** Which record generator writes the lines. */
  kind: z.enum(['zscaler']),
  /** Objects in the load, at most 999,999,999: their number has nine digits in every line. */
  objects: z.int().positive().max(999_999_999),
  /** Lines of an object, on average. */
  linesPerObject: z.int().positive().max(999_999_999),
  /** An object's line count is drawn evenly from linesPerObject x (1 - spread) to linesPerObject x (1 + spread). */
  linesSpread: z.number().min(0).max(1),
  /**
   * `clean`: one line after the other, each ended by "\n".
   * `dirty`: with what real objects have between lines (stray `,`, lone `[` and `]`, blank lines, CRLF, no last newline), so that the
   * stored bytes differ from the delivered stream.
   */
  noise: z.enum(['clean', 'dirty']),
  /** The last objects of the load may be of another size. */
  tail: z
    .strictObject({ objects: z.int().positive().max(999_999_999), linesPerObject: z.int().positive().max(999_999_999) })
    .optional(),
});

/** Lines of this object, on average. */
export function linesOfObject({ objects, linesPerObject, tail }: LoadSpec, index: number): number {
  return tail !== undefined && index >= objects - tail.objects ? tail.linesPerObject : linesPerObject;
}

export type LoadSpec = Readonly<z.infer<typeof LoadSpecSchema>>;

/** The documented object: about 10 MB raw, 650 KB gz, 6,500 lines. */
export function documentedSpec(objects: number): LoadSpec {
  return { kind: 'zscaler', objects, linesPerObject: 6_500, linesSpread: 0.1, noise: 'clean' };
}
