/** The proxy between a streamer and its S3, in a process of its own. */
import { type Child, readReadyLine } from '../process/child.ts';
import { HarnessError } from '../process/errors.ts';
import type { Processes } from '../process/processes.ts';
import { type S3FaultInput, type S3ProxyStats, S3ProxyReadySchema, S3ProxyStatsSchema } from './faults.ts';

export interface S3ProxyProcess {
  readonly child: Child;
  /** What the streamer is told to be the S3. */
  readonly endpoint: string;
  /** In place of those before; an empty list ends them. */
  useFaults(faults: readonly S3FaultInput[]): Promise<void>;
  stats(): Promise<S3ProxyStats>;
}

const readyTimeoutMs = 30_000;
const answerTimeoutMs = 30_000;

export interface S3ProxyOptions {
  /** Address of the S3. */
  readonly target: string;
  /** Of its faults. */
  readonly seed: number;
  /** By how much what it says of objects is ahead of the S3's clock. */
  readonly aheadMs: number;
}

export async function startS3Proxy(
  processes: Processes,
  { target, seed, aheadMs }: S3ProxyOptions,
): Promise<S3ProxyProcess> {
  const script = new URL('main.ts', import.meta.url);
  const child = await processes.startScript('s3-proxy', script, [target, String(seed), String(aheadMs)]);
  const { endpoint, control } = S3ProxyReadySchema.parse(await child.waitForLine(readReadyLine, readyTimeoutMs));
  return {
    child,
    endpoint,
    async useFaults(faults) {
      await ask(control, { method: 'PUT', body: JSON.stringify(faults) });
    },
    async stats() {
      return S3ProxyStatsSchema.parse(await (await ask(control)).json());
    },
  };
}

async function ask(control: string, request: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(control, { ...request, signal: AbortSignal.timeout(answerTimeoutMs) });
  } catch (error) {
    throw new HarnessError('broken', 'The proxy in front of S3 does not answer; see its log.', { cause: error });
  }
}
