/** The history of gates: a line of JSON for each, in a file that CI keeps between runs. Only head's figures: base was head once. */
import type { GateResult } from './gate.ts';

interface HistoryEntry {
  readonly at: string;
  readonly commit: string | null;
  readonly verdict: string;
  readonly machine: string;
  readonly figures: readonly { readonly title: string; readonly unit: string; readonly value: number }[];
}

export function historyLine({ startedAt, head, verdict, machine, metrics }: GateResult): string {
  const entry: HistoryEntry = {
    at: startedAt,
    commit: head.commit,
    verdict,
    machine: `${machine.cores} cores of ${machine.cpu}, Node ${machine.node}`,
    figures: metrics.flatMap((metric) =>
      metric.head === null ? [] : [{ title: metric.title, unit: metric.unit, value: metric.head }],
    ),
  };
  return `${JSON.stringify(entry)}\n`;
}
