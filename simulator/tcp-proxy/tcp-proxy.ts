/** All links of a run, and the faults that they have: a fault may hold for several links at once. */
import type { SeededRandom } from '../random.ts';
import { ActiveFault } from './active-fault.ts';
import type { Link, LinkStats, NetworkFault } from './faults.ts';
import { LinkServer } from './link-server.ts';

interface PlacedFault {
  readonly active: ActiveFault;
  readonly links: readonly LinkServer[];
}

export class TcpProxy {
  readonly #links: ReadonlyMap<string, LinkServer>;
  readonly #random: SeededRandom;
  /** By id. */
  readonly #faults: PlacedFault[] = [];

  private constructor(links: ReadonlyMap<string, LinkServer>, random: SeededRandom) {
    this.#links = links;
    this.#random = random;
  }

  static async listen(links: readonly Link[], random: SeededRandom): Promise<TcpProxy> {
    const servers = new Map<string, LinkServer>();
    for (const link of links) servers.set(link.name, await LinkServer.listen(link, random.fork(link.name)));
    return new TcpProxy(servers, random);
  }

  get ports(): readonly number[] {
    return Array.from(this.#links.values(), ({ port }) => port);
  }

  get stats(): readonly LinkStats[] {
    return Array.from(this.#links.values(), ({ stats }) => stats);
  }

  /** Their ids, in the same order. They hold when it settles. */
  async addFaults(names: readonly string[], faults: readonly NetworkFault[]): Promise<readonly number[]> {
    const links = names.map((name) => this.#link(name));
    const ids: number[] = [];
    for (const fault of faults) {
      const id = this.#faults.length;
      const active = new ActiveFault(fault, this.#random.fork(`fault ${id}`));
      this.#faults.push({ active, links });
      ids.push(id);
      for (const link of links) await link.add(active);
    }
    return ids;
  }

  /** How many connections each of them has met. */
  async removeFaults(ids: readonly number[]): Promise<readonly number[]> {
    const placed = ids.map((id) => this.#fault(id));
    for (const { active, links } of placed) for (const link of links) await link.remove(active);
    return placed.map(({ active }) => active.strikes);
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
  }

  #link(name: string): LinkServer {
    const link = this.#links.get(name);
    if (link === undefined) throw new RangeError(`There is no link ${name}.`);
    return link;
  }

  #fault(id: number): PlacedFault {
    const fault = this.#faults[id];
    if (fault === undefined) throw new RangeError(`There is no fault ${id}.`);
    return fault;
  }
}
