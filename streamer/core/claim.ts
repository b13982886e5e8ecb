/**
 * One instance's hold on one object that it shares with others. While it is valid nobody else reads the object, and only under a valid claim does a
 * completion count. What was acknowledged is a fact, with or without it.
 */
export class Claim {
  /** The fencing token: epoch, counter, turn, request and session. None is given twice. */
  readonly token: string;
  readonly #lost = new AbortController();

  constructor(token: string) {
    this.token = token;
  }

  /** Aborts when the claim was refused or its lease has ended: nothing more of the object may be sent. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get isLost(): boolean {
    return this.#lost.signal.aborted;
  }

  lose(): void {
    this.#lost.abort();
  }
}
