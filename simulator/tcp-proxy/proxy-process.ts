/** The proxy between parts of a run, at the level of TCP, in a process of its own. */
import type * as z from 'zod';
import { type Child, readReadyLine } from '../process/child.ts';
import { HarnessError } from '../process/errors.ts';
import type { Processes } from '../process/processes.ts';
import {
  FaultIdsSchema,
  type Link,
  type LinkStats,
  LinkStatsSchema,
  type NetworkFaultInput,
  StrikesSchema,
  TcpProxyReadySchema,
} from './faults.ts';

export interface TcpProxyProcess {
  readonly child: Child;
  /** Where the clients of a link connect, on 127.0.0.1; by the link's name. */
  readonly ports: ReadonlyMap<string, number>;
  /** Beside those that there are already; they hold when it settles. Their ids, in the same order. */
  addFaults(links: readonly string[], faults: readonly NetworkFaultInput[]): Promise<readonly number[]>;
  /** How many connections each of them has met. */
  removeFaults(ids: readonly number[]): Promise<readonly number[]>;
  stats(): Promise<readonly LinkStats[]>;
}

const readyTimeoutMs = 30_000;
const answerTimeoutMs = 30_000;

/** `seed`: of the faults. */
export async function startTcpProxy(
  processes: Processes,
  { links, seed }: { readonly links: readonly Link[]; readonly seed: number },
): Promise<TcpProxyProcess> {
  const script = new URL('main.ts', import.meta.url);
  const child = await processes.startScript('tcp-proxy', script, [String(seed), JSON.stringify(links)]);
  const { control, ports } = TcpProxyReadySchema.parse(await child.waitForLine(readReadyLine, readyTimeoutMs));
  return {
    child,
    ports: new Map(links.map(({ name }, index) => [name, ports[index] ?? 0])),
    addFaults: async (names, faults) => ask(control, FaultIdsSchema, 'POST', { links: names, faults }),
    removeFaults: async (ids) => ask(control, StrikesSchema, 'DELETE', ids),
    stats: async () => ask(control, LinkStatsSchema, 'GET'),
  };
}

async function ask<T>(control: string, schema: z.ZodType<T>, method: string, body?: unknown): Promise<T> {
  try {
    const signal = AbortSignal.timeout(answerTimeoutMs);
    const answer = await fetch(control, {
      method,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return schema.parse(await answer.json());
  } catch (error) {
    throw new HarnessError('broken', 'The TCP proxy does not answer; see its log.', { cause: error });
  }
}
