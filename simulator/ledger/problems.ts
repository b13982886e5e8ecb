/**
 * What went wrong, by object and line range. Invariant: at most `listedMax` entries are kept; whatever is not listed is counted.
 */

type ProblemKind = 'duplicate' | 'corrupt' | 'unexpected';

export interface Problem {
  readonly kind: ProblemKind;
  /** Null for lines that name no line of the load. */
  readonly index: number | null;
  readonly firstLine: number | null;
  /** The last line itself, not the one after it. */
  readonly lastLine: number | null;
  readonly lines: number;
  /** Which agent received it. */
  readonly agent: number;
  /** Epoch ms. */
  readonly atMs: number;
  /** How the first unexpected line begins; null for the others. */
  readonly excerpt: string | null;
}

export const problemsListedMax = 1_000;

export class Problems {
  readonly #listedMax: number;
  readonly #listed: Problem[] = [];
  #unlisted = 0;

  constructor(listedMax: number = problemsListedMax) {
    this.#listedMax = listedMax;
  }

  add(problem: Problem): void {
    const last = this.#listed.at(-1);
    if (last !== undefined && continues(last, problem)) {
      this.#listed[this.#listed.length - 1] = {
        ...last,
        lastLine: problem.lastLine,
        lines: last.lines + problem.lines,
      };
    } else if (this.#listed.length < this.#listedMax) {
      this.#listed.push(problem);
    } else {
      this.#unlisted += 1;
    }
  }

  /** Lines that name no line of the load. */
  addUnexpected(
    lines: number,
    excerpt: string,
    { agent, atMs }: { readonly agent: number; readonly atMs: number },
  ): void {
    this.add({ kind: 'unexpected', index: null, firstLine: null, lastLine: null, lines, agent, atMs, excerpt });
  }

  get listed(): readonly Problem[] {
    return this.#listed;
  }

  /** Entries that found no place in the list. */
  get unlisted(): number {
    return this.#unlisted;
  }
}

function continues(last: Problem, next: Problem): boolean {
  if (last.kind !== next.kind || last.agent !== next.agent || last.index !== next.index) return false;
  return last.lastLine !== null && next.firstLine === last.lastLine + 1;
}
