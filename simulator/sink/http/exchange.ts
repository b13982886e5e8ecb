/**
 * One request and its answer. The body is handed over as it comes, and only while it is wanted.
 * Invariant: of `end` and `cut` at most one is called, once, and `end` only when the whole body came.
 */
import { STATUS_CODES } from 'node:http';
import type { RequestHead } from './request-parser.ts';

export interface BodyConsumer {
  chunk(bytes: Buffer): void;
  /** The whole body came. */
  end(): void;
  /** The connection ended before. */
  cut(): void;
}

/** What an exchange asks of its connection. */
export interface Wire {
  readonly isGone: boolean;
  /** Whether more of the body is wanted has changed. */
  follow(): void;
  /** Sends the last bytes of the exchange: the next request may come. */
  finish(answer: string): void;
  /** Ends the connection by a TCP reset. */
  reset(): void;
}

export class Exchange {
  readonly head: RequestHead;
  readonly #wire: Wire;
  #consumer: BodyConsumer | null = null;
  #isPaused = false;
  #isBodyOver = false;
  #onAnswerLost: () => void = () => undefined;

  constructor(head: RequestHead, wire: Wire) {
    this.head = head;
    this.#wire = wire;
  }

  /** To be called as soon as the request is there: nothing of its body is kept for later. */
  receive(consumer: BodyConsumer): void {
    this.#consumer = consumer;
  }

  pause(): void {
    this.#isPaused = true;
    this.#wire.follow();
  }

  resume(): void {
    this.#isPaused = false;
    this.#wire.follow();
  }

  /** To be called after the body. False when there is nobody left to be answered. */
  answer(status: number, headers: Readonly<Record<string, string>>, text = ''): boolean {
    if (this.isGone) return false;
    const fields = {
      date: new Date().toUTCString(),
      ...headers,
      ...(this.head.keepsAlive ? {} : { connection: 'close' }),
      'content-length': String(Buffer.byteLength(text)),
    };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#wire.finish(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${text}`);
    return true;
  }

  /** `onLost` runs when it turns out that the sender had hung up before the answer came. Many never turn out: this is for the books, not for the verdict. */
  whenAnswerLost(onLost: () => void): void {
    this.#onAnswerLost = onLost;
  }

  /** The sender sees ECONNRESET, not an orderly end. */
  reset(): void {
    this.#wire.reset();
  }

  /** The sender has hung up. */
  get isGone(): boolean {
    return this.#wire.isGone;
  }

  // What follows is for the connection.

  get isBodyOver(): boolean {
    return this.#isBodyOver;
  }

  get wantsBody(): boolean {
    return !this.#isPaused && !this.#isBodyOver;
  }

  takeChunk(bytes: Buffer): void {
    this.#consumer?.chunk(bytes);
  }

  takeEnd(): void {
    this.#isBodyOver = true;
    this.#consumer?.end();
  }

  takeAnswerLoss(): void {
    this.#onAnswerLost();
  }

  takeCut(): void {
    if (this.#isBodyOver) return;
    this.#isBodyOver = true;
    this.#consumer?.cut();
  }
}
