/**
 * Tries whether endpoints accept connections, but only those that acknowledged nothing lately: where there is traffic, its answers say more. So a dead
 * agent is known before the next object comes.
 */
import { connect } from 'node:net';
import type { Breakdown } from '../telemetry/breakdown.ts';

const PROBE_INTERVAL_MS = 10_000;
const CONNECT_TIMEOUT_MS = 3_000;

export interface ProbeOptions {
  /** As they are named everywhere, and where they are. */
  readonly endpoints: readonly { readonly name: string; readonly url: URL }[];
  readonly breakdown: Pick<Breakdown, 'endpoints'>;
  readonly intervalMs?: number;
}

export class EndpointProbe {
  readonly #options: ProbeOptions;
  readonly #intervalMs: number;
  readonly #timer: NodeJS.Timeout;
  #probedMs = -Infinity;
  #unreachable: ReadonlyMap<string, string> = new Map();

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#intervalMs = options.intervalMs ?? PROBE_INTERVAL_MS;
    this.#timer = setInterval(() => void this.probe(), this.#intervalMs).unref();
  }

  /** Why each of them cannot be reached. What one acknowledges counts more than a probe that failed before. */
  unreachable(): ReadonlyMap<string, string> {
    return new Map([...this.#unreachable].filter(([name]) => !this.#isBusySince(name, this.#probedMs)));
  }

  async probe(): Promise<void> {
    const nowMs = Date.now();
    const idle = this.#options.endpoints.filter(({ name }) => !this.#isBusySince(name, nowMs - this.#intervalMs));
    const troubles = await Promise.all(idle.map(async ({ url }) => troubleConnecting(url)));
    this.#probedMs = nowMs;
    this.#unreachable = new Map(
      idle.flatMap(({ name }, index) => {
        const trouble = troubles[index] ?? null;
        return trouble === null ? [] : [[name, trouble] as const];
      }),
    );
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #isBusySince(name: string, sinceMs: number): boolean {
    return (this.#options.breakdown.endpoints.get(name)?.acknowledgedMs ?? -Infinity) > sinceMs;
  }
}

/** Null when a connection was accepted. */
export async function troubleConnecting(url: URL): Promise<string | null> {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname.replaceAll(/[[\]]/g, ''), port, timeout: CONNECT_TIMEOUT_MS });
    const end = (trouble: string | null): void => {
      socket.destroy();
      resolve(trouble);
    };
    socket.once('connect', () => end(null));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.once('timeout', () => end('no connection in time'));
  });
}
