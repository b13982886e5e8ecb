/** What must hold in every world, whatever goes wrong in it. The first breach ends the run. */

export const INVARIANTS = {
  'nothing-lost': 'in the end every good line was delivered, or stands in quarantine with a durable record',
  'settled-before-saved': 'no range is saved as settled, and no object as complete, before every line of it is',
  'duplicates-bounded':
    'a line is sent again only if it had been sent and was not durable when an instance ended, or its answer was ambiguous, or its object was parked for another piece of a changed batch',
  'true-lines': 'the endpoints get nothing but lines of the objects, byte for byte',
  'good-data-kept': 'only what is damaged, gone, too long or refused by itself is set aside',
  'memory-bounded':
    'what was read and is not yet settled never exceeds memory.limit, and the queue never http.buffer_bytes (but for what came back with a server error)',
  'every-wait-ends': 'when nothing goes wrong any more, all work ends soon, and a stop too',
  prompt: 'a live object is delivered soon after it is eligible when nothing goes wrong',
  'saved-in-time': 'what was acknowledged before a commit is durable when it returns',
  'clean-stop-saves': 'a clean stop sends what is queued, breaks off no POST, and makes durable what was acknowledged',
  'bodies-consumed': 'every S3 body is read to its end or discarded',
  'claimed-only':
    'an instance sends lines only of objects that it has claimed, while its lease lasts and before it hears that it has lost them',
  'one-completion': 'an object is completed once, under a valid claim; without one a completion is refused',
  'read-once': 'when nothing goes wrong, no object is given to a second reader',
  'taken-over': 'what a dead instance held is there for the others within two leases',
  'told-again':
    'what Redis has forgotten is there again within two leases, as far as the journals of living instances know it',
  'no-crash': 'the pipeline does not fail by itself',
} as const;

export type Invariant = keyof typeof INVARIANTS;

export interface Violation {
  readonly invariant: Invariant;
  /** What was seen, and on which object and lines. */
  readonly detail: string;
  /** From the world's start. */
  readonly atS: number;
}

/** Keeps the first breach. */
export class Judge {
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #violation: Violation | null = null;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  get violation(): Violation | null {
    return this.#violation;
  }

  breach(invariant: Invariant, detail: string): void {
    this.#violation ??= { invariant, detail, atS: (this.#nowMs() - this.#startMs) / 1000 };
  }
}
