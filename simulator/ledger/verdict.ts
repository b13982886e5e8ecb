/** What was found in a body. */

export type Finding =
  /** Lines first..end-1 of the object, byte-exact. */
  | { readonly kind: 'exact'; readonly index: number; readonly first: number; readonly end: number }
  /** They name lines first..end-1 of the object, but their bytes differ. */
  | { readonly kind: 'corrupt'; readonly index: number; readonly first: number; readonly end: number }
  /** They name no line of this load. */
  | { readonly kind: 'unexpected'; readonly lines: number; readonly excerpt: string };

/** Lines that name lines of the load. */
export type FindingOfLoad = Exclude<Finding, { kind: 'unexpected' }>;

export interface BodyVerdict {
  readonly bytes: number;
  readonly lines: number;
  readonly findings: readonly Finding[];
  /** Proved by CRCs of runs, without judging a line by itself. */
  readonly isFastPath: boolean;
}

/** What the sink feeds a body to, chunk by chunk. */
export interface BodyReader {
  push(chunk: Buffer): void;
  /** To be called once, when the whole body came. */
  finish(): BodyVerdict;
}

const excerptBytesMax = 80;

/** Adds a finding, joined to the last one where it continues it. */
export function addFinding(findings: Finding[], finding: Finding): void {
  const last = findings.at(-1);
  if (last !== undefined && last.kind === 'unexpected' && finding.kind === 'unexpected') {
    findings[findings.length - 1] = { ...last, lines: last.lines + finding.lines };
  } else if (last !== undefined && last.kind !== 'unexpected' && continues(last, finding)) {
    findings[findings.length - 1] = { ...last, end: finding.end };
  } else {
    findings.push(finding);
  }
}

export function linesIn(findings: readonly Finding[]): number {
  return findings.reduce(
    (sum, finding) => sum + (finding.kind === 'unexpected' ? finding.lines : finding.end - finding.first),
    0,
  );
}

/** How a line begins, for a person to recognise it. */
export function excerptOf(bytes: Buffer, start: number, stop: number): string {
  return bytes.toString('utf8', start, Math.min(stop, start + excerptBytesMax)).trimEnd();
}

function continues(last: FindingOfLoad, next: Finding): next is FindingOfLoad {
  return next.kind === last.kind && next.index === last.index && next.first === last.end;
}
