/** The history of gates. Only head's figures are kept: base was head once. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type HistoryEntry, HistoryEntrySchema } from '#reports';
import { HarnessError, messageOf } from '#simulator';
import type { GateResult } from './gate.ts';

export function appendHistory(
  file: string,
  { startedAt, head, verdict, machine, metrics }: Omit<GateResult, 'reasons'>,
): void {
  const entry: HistoryEntry = {
    at: startedAt,
    commit: head.commit,
    verdict,
    machine: `${machine.cores} cores of ${machine.cpu}, Node ${machine.node}`,
    figures: metrics.flatMap((metric) =>
      metric.head === null ? [] : [{ title: metric.title, unit: metric.unit, value: metric.head }],
    ),
  };
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

export function readHistory(file: string): readonly HistoryEntry[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => HistoryEntrySchema.parse(JSON.parse(line)));
  } catch (error) {
    throw new HarnessError(
      'usage',
      `${file} is no history of gates (${messageOf(error)}). npm run gate -- --base REF --history ${file} makes one.`,
      { cause: error },
    );
  }
}
