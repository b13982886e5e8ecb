/** One link: a port that stands for a server, the connections through it, and the faults that it has. */
import { createServer, type Server, type Socket } from 'node:net';
import type { SeededRandom } from '../random.ts';
import { listen, portOf } from '../sink/listen.ts';
import type { ActiveFault } from './active-fault.ts';
import { Connection } from './connection.ts';
import { Deck } from './deck.ts';
import type { Link, LinkStats } from './faults.ts';

const host = '127.0.0.1';

export class LinkServer {
  readonly #link: Link;
  readonly #random: SeededRandom;
  readonly #server: Server;
  readonly #deck = new Deck();
  readonly #open = new Set<Connection>();
  #connections = 0;
  /** Of connections that are over. */
  #unanswered = 0;
  #port = 0;
  /** Opening and closing the port, one after the other. */
  #portChanges: Promise<void> = Promise.resolve();

  private constructor(link: Link, random: SeededRandom) {
    this.#link = link;
    this.#random = random;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#admit(client));
  }

  static async listen(link: Link, random: SeededRandom): Promise<LinkServer> {
    const server = new LinkServer(link, random);
    await listen(server.#server, host, 0);
    server.#port = portOf(server.#server);
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get stats(): LinkStats {
    const open = [...this.#open].filter(({ isUnanswered }) => isUnanswered).length;
    return { name: this.#link.name, connections: this.#connections, unanswered: this.#unanswered + open };
  }

  async add(fault: ActiveFault): Promise<void> {
    this.#deck.add(fault);
    for (const connection of this.#open) connection.followFaults();
    await this.#followRefusal();
  }

  async remove(fault: ActiveFault): Promise<void> {
    this.#deck.remove(fault);
    await this.#followRefusal();
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#open) connection.reset();
  }

  #admit(client: Socket): void {
    this.#connections += 1;
    const random = this.#random.fork(this.#connections);
    const connection = new Connection({ client, server: this.#link, deck: this.#deck, random });
    this.#open.add(connection);
    void connection.over.then(() => {
      this.#open.delete(connection);
      if (connection.isUnanswered) this.#unanswered += 1;
    });
  }

  async #followRefusal(): Promise<void> {
    this.#portChanges = this.#portChanges.then(async () => {
      const isRefusing = this.#deck.refusals.length > 0;
      if (isRefusing && this.#server.listening) this.#server.close();
      if (!isRefusing && !this.#server.listening) await listen(this.#server, host, this.#port);
    });
    await this.#portChanges;
  }
}
