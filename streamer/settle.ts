/**
 * The settle stage of one batch: its range is settled, and the lines over the limit in it are accounted for.
 * Invariant: a line that is set aside gets its record in the same commit that settles its range, so a crash leaves both or neither.
 */
import type { CutBatch } from './core/batch-cutter.ts';
import type { Range } from './core/ranges.ts';
import type { BatchSettlement, ObjectFlight } from './object-flight.ts';
import type { RunContext } from './run-context.ts';

export function settleBatch(
  context: RunContext,
  flight: ObjectFlight,
  cut: CutBatch,
  settlement: BatchSettlement,
): void {
  const { object, claim } = flight.task;
  reportLongLines(context, flight, cut);
  context.progress.settle(object, cut.range, claim);
  flight.settle(cut, settlement);
}

/** The lines of a gzip member whose content is garbled, and of its neighbours where they share one with it. */
export function setMemberAside(context: RunContext, flight: ObjectFlight, range: Range, detail: string): void {
  const { ports, progress } = context;
  const { object, claim } = flight.task;
  const atMs = ports.clock.now();
  const record = { object, range, firstLine: null, lineCount: null, reason: 'gzip-corrupt', detail, atMs };
  progress.quarantine(record);
  progress.settle(object, range, claim);
  flight.settlePart(range, 0);
  ports.events.emit({ kind: 'quarantined', record });
}

/** Throws a batch away (`http.on_full: drop`). Its lines over the limit are set aside all the same: that costs the buffer nothing. */
export function dropBatch(context: RunContext, flight: ObjectFlight, cut: CutBatch): void {
  const { ports, config, progress } = context;
  const { object, claim } = flight.task;
  const nowMs = ports.clock.now();
  if (config.processing.onLongLine === 'quarantine') reportLongLines(context, flight, cut);
  const droppedBefore = progress.droppedLines;
  progress.drop(object, cut.range, cut.lines, claim);
  flight.settle(cut, { closedMs: nowMs, firstSentMs: nowMs, acknowledgedMs: nowMs, isBodyReleased: true });
  const { range, lines, bodyBytes } = cut;
  ports.events.emit({ kind: 'lines dropped', object, range, lines, bodyBytes, droppedBefore });
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
