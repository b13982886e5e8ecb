/** What the sink tells a person who runs it by hand, on stderr. */
import type { Sink } from './sink.ts';

const bytesPerMB = 1_000_000;

/** Returns the function that prints one line of progress: what came since it was last called. */
export function createProgress(sink: Sink, write: (text: string) => void): () => void {
  let lastBytes = 0;
  let lastMs = performance.now();
  return () => {
    const { totals, eventLoopUtilization } = sink.stats();
    const nowMs = performance.now();
    const MBps = (totals.bytes - lastBytes) / bytesPerMB / ((nowMs - lastMs) / 1_000);
    lastBytes = totals.bytes;
    lastMs = nowMs;
    const busy = Math.round(eventLoopUtilization * 100);
    write(
      `${totals.storedPosts} batches, ${totals.lines} lines, ${MBps.toFixed(1)} MB/s, ${totals.connections} connections, event loop ${busy} % busy\n`,
    );
  };
}

export function summarize(sink: Sink): string {
  const { totals } = sink.stats();
  const counted = `${totals.storedPosts} batches stored, ${totals.lines} lines, ${(totals.bytes / bytesPerMB).toFixed(1)} MB`;
  const { ledger } = sink.books;
  if (ledger === null) return `${counted}. Without --load nothing was judged.\n`;
  const { deliveredLines, duplicateLines, corruptLines, unexpectedLines } = ledger.totals();
  return `${counted}: ${deliveredLines} delivered, ${duplicateLines} duplicate, ${corruptLines} corrupt, ${unexpectedLines} unexpected.\n`;
}
