/** What kinds of objects the virtual world stores, and how many different ones of each there are to choose from. */

export const CONTENT_KINDS = {
  /** One to three lines: several share a POST. */
  tiny: 500,
  small: 600,
  medium: 300,
  /** Lone brackets, stray commas, blank lines, CR LF, bytes that are no UTF-8, sometimes no last newline. */
  dirty: 300,
  'multi-member': 120,
  /** Not gzip, whatever the name says. */
  plain: 40,
  /** gzip of nothing. */
  empty: 20,
  'zero-bytes': 20,
  /** With lines over `processing.max_line_bytes`. */
  'long-line': 80,
  /** With lines that every endpoint refuses. */
  poison: 80,
  /** Larger than the budget: streamed. */
  big: 40,
  truncated: 40,
  corrupt: 40,
  'bad-checksum': 20,
  'trailing-garbage': 20,
  /** Of the second source: a heading, CR LF. */
  csv: 200,
} as const;

export type ContentKind = keyof typeof CONTENT_KINDS;

/** A line may be this long; those of kind `long-line` are longer. One figure for all worlds, because contents are shared between them. */
export const LINE_BYTES_MAX = 2_000;

interface KindRange {
  readonly kind: ContentKind;
  readonly firstId: number;
  readonly count: number;
}

function isKind(name: string): name is ContentKind {
  return name in CONTENT_KINDS;
}

const RANGES: readonly KindRange[] = Object.entries(CONTENT_KINDS).reduce<KindRange[]>((ranges, [name, count]) => {
  const last = ranges.at(-1);
  if (isKind(name)) ranges.push({ kind: name, firstId: last === undefined ? 0 : last.firstId + last.count, count });
  return ranges;
}, []);

/** The ids of that kind's contents: `count` of them from `firstId` on. */
export function rangeOfKind(kind: ContentKind): KindRange {
  const range = RANGES.find((candidate) => candidate.kind === kind);
  if (range === undefined) throw new RangeError(`there is no content of kind ${kind}`);
  return range;
}

export function kindOfContent(id: number): ContentKind {
  const range = RANGES.findLast(({ firstId }) => firstId <= id);
  if (range === undefined || id >= range.firstId + range.count) throw new RangeError(`there is no content ${id}`);
  return range.kind;
}
