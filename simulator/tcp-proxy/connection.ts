/** A client's connection, and the one that stands for it at the server. */
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { SeededRandom } from '../random.ts';
import type { ActiveFault } from './active-fault.ts';
import type { Deck } from './deck.ts';
import type { Link } from './faults.ts';
import { Flow } from './flow.ts';

export interface ConnectionOptions {
  readonly client: Socket;
  readonly server: Pick<Link, 'host' | 'port'>;
  readonly deck: Deck;
  /** Of the jitter. */
  readonly random: SeededRandom;
}

const directions = ['upstream', 'downstream'] as const;

export class Connection {
  /** Settles when both ends are closed. */
  readonly over: Promise<void>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #deck: Deck;
  readonly #ended = new AbortController();
  #isForgotten = false;
  #isStruck = false;
  #isClientGone = false;
  #isServerAsked = false;

  constructor({ client, server: { host, port }, deck, random }: ConnectionOptions) {
    const server = new Socket({ allowHalfOpen: true }).setNoDelay(true);
    this.#client = client.setNoDelay(true);
    this.#server = server;
    this.#deck = deck;
    // Each is followed by a close, which tells the other end.
    for (const socket of [client, server]) socket.on('error', () => undefined);
    for (const event of ['end', 'close']) client.on(event, () => (this.#isClientGone = true));
    const closed = [client, server].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    this.over = Promise.all(closed).then(() => this.#ended.abort());
    const opened = this.#open(host, port);
    // Whoever has something to send learns of it.
    opened.catch(() => undefined);
    const common = {
      deck,
      connection: this,
      random,
      signal: this.#ended.signal,
      opened,
      isForgotten: () => this.#isForgotten,
      onStrike: (fault: ActiveFault) => this.#strike(fault),
      onReset: () => this.reset(),
    };
    // Neither is kept: the sockets' listeners hold them.
    void new Flow({
      ...common,
      direction: 'upstream',
      from: client,
      to: server,
      onDelivered: () => (this.#isServerAsked = true),
    });
    void new Flow({ ...common, direction: 'downstream', from: server, to: client, onDelivered: () => this.#answer() });
    this.followFaults();
  }

  /** Whether a fault met it, and its client is gone before it heard of what it last sent. */
  get isUnanswered(): boolean {
    return this.#isStruck && this.#isClientGone && this.#isServerAsked;
  }

  /** Faults that strike a connection whether or not something is under way. */
  followFaults(): void {
    for (const direction of directions) {
      for (const hole of this.#deck.of('black-hole', this, direction)) {
        if (hole.fault.afterwards === 'forgotten') this.#isForgotten = true;
      }
      for (const active of this.#deck.of('reset', this, direction)) {
        if (active.fault.afterBytes > 0) continue;
        this.#strike(active);
        this.reset();
      }
    }
    for (const active of this.#deck.refusals) {
      this.#strike(active);
      this.reset();
    }
  }

  reset(): void {
    for (const socket of [this.#client, this.#server]) if (!socket.destroyed) socket.resetAndDestroy();
  }

  async #open(host: string, port: number): Promise<void> {
    const { signal } = this.#ended;
    // The client believes that it is connected, because its operating system is.
    for (;;) {
      const holes = this.#deck.of('black-hole', this, 'upstream');
      if (holes.length === 0 && !this.#isForgotten) break;
      for (const hole of holes) this.#strike(hole);
      await this.#deck.changed(signal);
    }
    if (this.#isClientGone) {
      // Over a real hole it would not have come to be.
      this.reset();
    } else {
      this.#server.connect({ host, port });
      // A server that refuses is, to a client that is connected already, one that hangs up.
      await once(this.#server, 'connect', { signal }).catch(() => this.reset());
    }
  }

  #strike(fault: ActiveFault): void {
    this.#isStruck = true;
    fault.strike(this);
  }

  #answer(): void {
    if (!this.#isClientGone) this.#isServerAsked = false;
  }
}
