/** A sink in a process of its own, ready for batches. */
import type { Child } from '../process/child.ts';
import { readReadyLine } from '../process/child.ts';
import type { Processes } from '../process/processes.ts';
import { SinkClient, SinkReadySchema } from './client.ts';
import type { FaultInput } from './faults.ts';

export interface SinkProcessOptions {
  readonly agents: number;
  /** Null counts bytes and lines only. */
  readonly loadDir: string | null;
  /** Of the faults. */
  readonly seed: number;
  /** Active from the start. */
  readonly faults?: readonly FaultInput[];
}

export interface SinkProcess {
  readonly child: Child;
  readonly endpoints: readonly string[];
  readonly client: SinkClient;
}

const readyTimeoutMs = 30_000;

export async function startSinkProcess(
  processes: Processes,
  name: string,
  options: SinkProcessOptions,
): Promise<SinkProcess> {
  const child = await processes.startScript(name, new URL('main.ts', import.meta.url), [
    '--agents',
    String(options.agents),
    '--seed',
    String(options.seed),
    ...(options.loadDir === null ? [] : ['--load', options.loadDir]),
    ...(options.faults ?? []).flatMap((fault) => ['--fault', JSON.stringify(fault)]),
  ]);
  const { endpoints, control } = SinkReadySchema.parse(await child.waitForLine(readReadyLine, readyTimeoutMs));
  return { child, endpoints, client: new SinkClient(control) };
}
