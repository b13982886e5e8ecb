/** The history of gates: a line of JSON for each, in a file that CI keeps between its runs. */
import { z } from 'zod';

export const HistoryEntrySchema = z.strictObject({
  at: z.iso.datetime(),
  commit: z.string().nullable(),
  verdict: z.enum(['pass', 'regressed', 'improved', 'inconclusive']),
  machine: z.string().describe('Figures of different machines are no trend.'),
  figures: z.array(z.strictObject({ title: z.string(), unit: z.string(), value: z.number() })),
});

export type HistoryEntry = Readonly<z.infer<typeof HistoryEntrySchema>>;
