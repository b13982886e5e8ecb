/**
 * One connection of a sender: requests one after the other, each answered before the next is looked at.
 *
 * Why not node:http: it copies every piece of a body out of its parser's buffer and wraps each request in two streams. The whole sink took
 * a median of 1,140 MB per CPU second with this and 949 with node:http (9 interleaved rounds of 2 s, bodies of 1 MiB, every line judged,
 * a machine of 2 cores busy with other work, both with main.ts's garbage collection; without that there was no difference: 745 and 724).
 *
 * Invariant: bytes are read from the socket only while somebody wants them, so a paused exchange fills the sender's buffers, as it should.
 */
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Exchange, type Wire } from './exchange.ts';
import { MalformedRequest, type RequestHead, RequestParser } from './request-parser.ts';

/** What waits at a connection is read in the next turn; one more, because the end of a stream is told in a turn of its own. */
const freshTurns = 3;

export class Connection {
  readonly #socket: Socket;
  readonly #onRequest: (exchange: Exchange) => void;
  readonly #parser = new RequestParser();
  readonly #wire: Wire;
  /** Null between requests. */
  #exchange: Exchange | null = null;
  /** The last one, until the next request shows that its answer came. */
  #answered: Exchange | null = null;
  /** In the same turn of the event loop, or so few after it that the sender cannot have read the answer. */
  #isAnswerFresh = false;
  #isAdvancing = false;

  /** `carrier`: the TCP connection; the socket itself, where that is not a secured one. */
  constructor(socket: Socket, carrier: Socket, onRequest: (exchange: Exchange) => void) {
    this.#socket = socket;
    this.#onRequest = onRequest;
    this.#wire = {
      get isGone() {
        return socket.destroyed || !socket.writable;
      },
      follow: () => this.#advance(),
      finish: (answer) => this.#finish(answer),
      reset: () => void carrier.resetAndDestroy(),
    };
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.#parser.append(bytes);
      this.#advance();
    });
    // 'close' follows; a sender that resets is no news, unless it did so on an answer.
    socket.on('error', () => this.#loseAnswer());
    // It had hung up before our answer was on its way: the end was only waiting to be read.
    socket.once('end', () => {
      if (this.#isAnswerFresh) this.#loseAnswer();
    });
    socket.once('close', () => this.#exchange?.takeCut());
  }

  /** Hands over what came, as long as it is wanted. */
  #advance(): void {
    // Whoever takes a chunk may pause or answer meanwhile: the loop that runs already sees it.
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      while (this.#exchange === null || this.#exchange.wantsBody) {
        const event = this.#parser.next();
        if (event === null) break;
        switch (event.kind) {
          case 'head':
            this.#begin(event.head);
            break;
          case 'body':
            this.#exchange?.takeChunk(event.bytes);
            break;
          case 'end':
            this.#exchange?.takeEnd();
            break;
        }
      }
    } catch (error) {
      if (!(error instanceof MalformedRequest)) throw error;
      this.#refuse(error);
      return;
    } finally {
      this.#isAdvancing = false;
    }
    this.#followWants();
  }

  #begin(head: RequestHead): void {
    this.#answered = null;
    this.#exchange = new Exchange(head, this.#wire);
    this.#onRequest(this.#exchange);
    if (head.headers['expect']?.toLowerCase() === '100-continue') this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n');
  }

  #finish(answer: string): void {
    const keepsAlive = this.#exchange?.head.keepsAlive ?? false;
    this.#answered = this.#exchange;
    void this.#ageAnswer();
    this.#exchange = null;
    if (keepsAlive) {
      this.#socket.write(answer);
      this.#advance();
    } else {
      this.#sayLast(answer);
    }
  }

  async #ageAnswer(): Promise<void> {
    const answered = this.#answered;
    this.#isAnswerFresh = true;
    for (let turn = 0; turn < freshTurns; turn += 1) await nextTurn();
    if (this.#answered === answered) this.#isAnswerFresh = false;
  }

  #loseAnswer(): void {
    this.#answered?.takeAnswerLoss();
    this.#answered = null;
  }

  /** Nothing that follows on this connection can be trusted. */
  #refuse({ status, message }: MalformedRequest): void {
    this.#exchange?.takeCut();
    this.#exchange = null;
    this.#sayLast(`HTTP/1.1 ${status} ${message}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  }

  /** What still comes is read and thrown away: closing on unread bytes would reset the connection, and the answer with it. */
  #sayLast(answer: string): void {
    this.#socket.end(answer);
    this.#socket.removeAllListeners('data');
    this.#socket.resume();
  }

  /** Between body and answer it goes on reading, or it would not notice that the sender hangs up; but not while requests pile up. */
  #followWants(): void {
    const exchange = this.#exchange;
    const isReading =
      exchange === null || exchange.wantsBody || (exchange.isBodyOver && this.#parser.waitingBytes === 0);
    if (isReading) this.#socket.resume();
    else this.#socket.pause();
  }
}
