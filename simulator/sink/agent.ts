/** One mock EdgeDelta agent: an HTTP input on a port of its own, which faults may close and whose connections they may hold back. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Books } from './books.ts';
import type { FaultDeck } from './fault-deck.ts';
import { Connection } from './http/connection.ts';
import type { Exchange } from './http/exchange.ts';
import { type IntakeOptions, serveRequest } from './intake.ts';
import { listen, portOf } from './listen.ts';
import { ReadGate } from './read-gate.ts';
import { sleep } from './sleep.ts';
import { WorkQueue } from './work-queue.ts';

export interface AgentOptions extends IntakeOptions {
  readonly host: string;
  /** PEM texts; null for plain HTTP. */
  readonly tls: AgentTls | null;
}

export interface AgentTls {
  readonly cert: string;
  readonly key: string;
  /** Senders must have a certificate of this authority; null: they need none. */
  readonly clientCa: string | null;
}

/** What all agents of a sink share. */
export interface AgentWorld {
  readonly deck: FaultDeck;
  /** The books of the moment. */
  readonly books: () => Books;
}

const relistenTries = 50;
const relistenPauseMs = 100;

export class Agent {
  readonly #index: number;
  readonly #options: AgentOptions;
  readonly #world: AgentWorld;
  readonly #server: Server;
  readonly #queue = new WorkQueue();
  readonly #sockets = new Set<Socket>();
  /** Of the requests in progress. */
  readonly #gates = new Set<ReadGate>();
  readonly #closing = new AbortController();
  #port = 0;
  #connectionsOpened = 0;
  /** Opening and closing the port, one after the other. */
  #portChanges: Promise<void> = Promise.resolve();

  private constructor(index: number, options: AgentOptions, world: AgentWorld) {
    this.#index = index;
    this.#options = options;
    this.#world = world;
    this.#server = options.tls === null ? createServer() : this.#createTlsServer(options.tls);
    this.#server.on('connection', (socket) => this.#admit(socket));
  }

  /** Port 0 takes any free one. */
  static async listen(index: number, port: number, options: AgentOptions, world: AgentWorld): Promise<Agent> {
    const agent = new Agent(index, options, world);
    await listen(agent.#server, options.host, port);
    agent.#port = portOf(agent.#server);
    return agent;
  }

  get url(): string {
    const scheme = this.#options.tls === null ? 'http' : 'https';
    return `${scheme}://${this.#options.host}:${this.#port}`;
  }

  get connections(): { readonly open: number; readonly opened: number } {
    return { open: this.#sockets.size, opened: this.#connectionsOpened };
  }

  /** Puts port and connections into the state that the faults of the moment ask for. Settles when it is reached. */
  async followFaults(): Promise<void> {
    for (const gate of this.#gates) this.#followPause(gate);
    this.#portChanges = this.#portChanges.then(() => this.#followRefusal());
    await this.#portChanges;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#portChanges;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#cutAll();
    await closed;
  }

  #createTlsServer({ cert, key, clientCa }: AgentTls): Server {
    const trust = clientCa === null ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
    const server = createTlsServer({ cert, key, ...trust });
    // A sender whose handshake fails is cut off, and that is all.
    return server.on('secureConnection', (secured) => this.#connect(secured, this.#carrierOf(secured)));
  }

  /** The TCP connection under a secured one. */
  #carrierOf(secured: TLSSocket): Socket {
    return [...this.#sockets].find(({ remotePort }) => remotePort === secured.remotePort) ?? secured;
  }

  #admit(socket: Socket): void {
    this.#connectionsOpened += 1;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#options.tls === null) this.#connect(socket, socket);
  }

  #connect(socket: Socket, carrier: Socket): void {
    // Not kept: the socket's listeners hold it.
    void new Connection(socket, carrier, (exchange) => void this.#serve(exchange));
  }

  /** A failure in here is not caught on purpose: a sink that cannot judge must end, and not go on answering 200. */
  async #serve(exchange: Exchange): Promise<void> {
    const gate = new ReadGate(exchange);
    this.#gates.add(gate);
    this.#followPause(gate);
    const { deck } = this.#world;
    const books = this.#world.books();
    const closing = this.#closing.signal;
    await serveRequest(
      { agent: this.#index, options: this.#options, deck, books, queue: this.#queue, gate, closing },
      exchange,
    );
    this.#gates.delete(gate);
  }

  #followPause(gate: ReadGate): void {
    if (this.#world.deck.find('pause', this.#index) === null) gate.release('paused');
    else gate.hold('paused');
  }

  async #followRefusal(): Promise<void> {
    const refusal = this.#world.deck.find('refuse', this.#index);
    if (refusal !== null && this.#server.listening) {
      // Only the port: what is connected stays, unless it is cut.
      this.#server.close();
      if (!refusal.keepsOpen) this.#cutAll();
    } else if (refusal === null && !this.#server.listening) {
      await this.#listenAgain();
    }
  }

  async #listenAgain(): Promise<void> {
    for (let triesLeft = relistenTries; !this.#closing.signal.aborted; triesLeft -= 1) {
      try {
        await listen(this.#server, this.#options.host, this.#port);
        return;
      } catch (error) {
        // Another program may have got the port for a moment, for a connection of its own.
        if (triesLeft === 0) throw error;
        await sleep(relistenPauseMs, this.#closing.signal);
      }
    }
  }

  #cutAll(): void {
    for (const socket of this.#sockets) {
      this.#world.deck.countHit('refuse', this.#index);
      socket.destroy();
    }
  }
}
