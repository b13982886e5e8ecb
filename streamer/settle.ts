/**
 * The settle stage of one batch: its range is settled, and the lines over the limit in it are accounted for.
 * Invariant: a line that is set aside gets its record in the same commit that settles its range, so a crash leaves both or neither.
 */
import type { CutBatch } from './core/batch-cutter.ts';
import type { BatchSettlement, ObjectFlight } from './object-flight.ts';
import type { RunContext } from './run-context.ts';

export function settleBatch(
  context: RunContext,
  flight: ObjectFlight,
  cut: CutBatch,
  settlement: BatchSettlement,
): void {
  const { object } = flight.task;
  reportLongLines(context, flight, cut);
  context.progress.settle(object, cut.range);
  flight.settle(cut, settlement);
}

function reportLongLines({ ports, config, progress }: RunContext, flight: ObjectFlight, cut: CutBatch): void {
  const { object } = flight.task;
  const { onLongLine: policy, lineBytesMax } = config.processing;
  for (const { range, line } of cut.longLines) {
    const bytes = range.end - range.start;
    if (policy !== 'quarantine') {
      ports.events.emit({ kind: 'long line', object, policy, line, bytes });
      continue;
    }
    const record = {
      object,
      range,
      firstLine: line,
      lineCount: 1,
      reason: 'line-too-long',
      detail: `${bytes} bytes; the limit is processing.max_line_bytes: ${lineBytesMax}`,
      atMs: ports.clock.now(),
    };
    progress.quarantine(record);
    ports.events.emit({ kind: 'quarantined', record });
  }
}
