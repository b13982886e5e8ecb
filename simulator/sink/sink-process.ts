/** A sink in a process of its own, ready for batches. */
import { setPriority } from 'node:os';
import type { Child } from '../process/child.ts';
import { readReadyLine } from '../process/child.ts';
import type { Processes } from '../process/processes.ts';
import { SinkClient, SinkReadySchema } from './client.ts';
import type { Authority } from '../tls/authority.ts';
import { formatAuth, type SinkAuth } from './admission.ts';
import type { FaultInput } from './faults.ts';

export interface SinkProcessOptions {
  readonly agents: number;
  /** Null counts bytes and lines only. */
  readonly loadDir: string | null;
  /** Of the faults. */
  readonly seed: number;
  /** Active from the start. */
  readonly faults?: readonly FaultInput[];
  /** Null, or not named: plain HTTP. Senders need a certificate of the same authority. */
  readonly authority?: Authority | null;
  /** Whether it takes metrics by OTLP. */
  readonly takesMetrics?: boolean;
  /** What senders must name themselves by; null, or not named: nothing. */
  readonly auth?: SinkAuth | null;
  /** The only path that takes batches, with its slash; null, or not named: any. */
  readonly path?: string | null;
  /** False for agents before 2.11, which take a body for one record. */
  readonly splitsLines?: boolean;
}

export interface SinkProcess {
  readonly child: Child;
  /** Where batches go: with the path, where there is one. */
  readonly endpoints: readonly string[];
  readonly client: SinkClient;
  /** What senders must trust, and have; null where it speaks plain HTTP. */
  readonly authority: Authority | null;
  /** host:port where it takes metrics by OTLP; null where it does not. */
  readonly otlp: string | null;
}

const readyTimeoutMs = 30_000;
/** Of 20 (last) to -20. */
const NICENESS = -10;

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
    ...(options.takesMetrics === true ? ['--otlp'] : []),
    ...(options.auth == null ? [] : ['--auth', formatAuth(options.auth)]),
    ...(options.path == null ? [] : ['--path', options.path]),
    ...(options.splitsLines === false ? ['--no-split'] : []),
    ...tlsArguments(options.authority ?? null),
    ...(options.faults ?? []).flatMap((fault) => ['--fault', JSON.stringify(fault)]),
  ]);
  const { control, otlp, ...ready } = SinkReadySchema.parse(await child.waitForLine(readReadyLine, readyTimeoutMs));
  putAhead(child.pid);
  const endpoints = ready.endpoints.map((endpoint) => `${endpoint}${options.path ?? ''}`);
  return { child, endpoints, client: new SinkClient(control), authority: options.authority ?? null, otlp };
}

/** Of what it measures: one that waits for a core looks as if it had no time left. Where that is not allowed (it takes root), it waits in line. */
function putAhead(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // EACCES, or EPERM.
  }
}

function tlsArguments(authority: Authority | null): readonly string[] {
  if (authority === null) return [];
  const { caFile, server } = authority;
  return ['--tls-cert', server.certFile, '--tls-key', server.keyFile, '--tls-client-ca', caFile];
}
