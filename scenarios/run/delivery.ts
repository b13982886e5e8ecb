/** The delivery section of a result: what the sink's ledger says about exactly the objects that were uploaded. */
import type { Measurements, Problem } from '#reports';
import type { Evidence } from './evidence.ts';
import { sumOf } from './sum.ts';

/** A report names the first problems of each kind and counts the rest. */
const problemsMax = 100;

export function describeDelivery(evidence: Evidence): Measurements['delivery'] {
  const { verdict, uploads, quarantined } = evidence;
  const keys = new Map(uploads.map((upload) => [upload.index, upload.key]));
  const keyOf = (index: number | null): string | null => (index === null ? null : (keys.get(index) ?? null));
  const problems: readonly Problem[] = [
    ...verdict.missing.map(({ index, firstLine, lastLine, isStored }) => ({
      kind: 'lost' as const,
      key: keyOf(index),
      firstLine,
      lastLine,
      note: isStored ? 'reached an agent, but was never acknowledged' : null,
    })),
    ...verdict.problems.map(({ kind, index, firstLine, lastLine, excerpt }) => ({
      kind,
      key: keyOf(index),
      firstLine,
      lastLine,
      note: excerpt === null ? null : `begins ${excerpt}`,
    })),
  ];
  return {
    expectedLines: verdict.expectedLines,
    deliveredLines: verdict.deliveredLines,
    lostLines: verdict.lostLines,
    duplicateLines: verdict.duplicateLines,
    duplicateBound: duplicateBound(evidence),
    unexpectedLines: verdict.unexpectedLines,
    corruptLines: verdict.corruptLines,
    quarantinedLines: quarantined.lines,
    droppedLines: evidence.droppedLines,
    truncatedLines: null,
    quarantinedObjects: quarantined.objects,
    outsideLines: verdict.outsideLines,
    incompleteObjects: evidence.incompleteObjects,
    problems: problems.slice(0, problemsMax),
    problemsOmitted: Math.max(0, problems.length - problemsMax) + verdict.problemsUnlisted + verdict.missingUnlisted,
  };
}

/** What was not durable at each kill, every line that was stored without an answer that said so, and one batch for each answer that the network kept. */
function duplicateBound({ execution: { faults }, unacknowledgedLines, inDoubtLinesMax }: Evidence): number {
  const known = sumOf(faults, (fault) => fault.unacknowledgedInBound);
  return sumOf(faults, (fault) => fault.duplicateBound) + Math.max(0, unacknowledgedLines - known) + inDoubtLinesMax;
}
