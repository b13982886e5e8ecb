/**
 * One instance's hold on one object that it shares with others. While it is valid nobody else reads the object, and only under a valid claim does a
 * completion count. What was acknowledged is a fact, with or without it.
 */
export class Claim {
  readonly #lost = new AbortController();
  #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  /** The fencing token: epoch, counter, turn, request and session. None is given twice. */
  get token(): string {
    return this.#token;
  }

  /** The store had forgotten that we hold the object, and has given it to us once more: who reads it goes on, under the new token. */
  retake(token: string): void {
    this.#token = token;
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
