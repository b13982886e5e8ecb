/** The harness's end of the control API. A sink that is gone or refuses is a broken harness: no verdict can come of it. */
import * as z from 'zod';
import { HarnessError } from '../process/errors.ts';
import {
  ErrorAnswerSchema,
  FaultAnswerSchema,
  FaultListSchema,
  type FaultList,
  type JudgeRequest,
  LedgerReportSchema,
  LedgerTotalsSchema,
  LedgerVerdictSchema,
  LoadAnswerSchema,
  MetricsSchema,
  ObjectAccountSchema,
  PausesSchema,
  type ReceivedMetrics,
  type Stats,
  StatsSchema,
  TimelineSchema,
} from './api.ts';
import type { ObjectAccount } from '../ledger/accounts.ts';
import type { LedgerReport, LedgerTotals, LedgerVerdict } from '../ledger/ledger.ts';
import type { FaultInput } from './faults.ts';
import type { Pause, TimelineSecond } from './timeline.ts';

/** What the sink prints when it is up. */
export const SinkReadySchema = z.object({
  ready: z.literal(true),
  endpoints: z.array(z.string()),
  control: z.string(),
  /** host:port of the OTLP input; null where there is none. */
  otlp: z.string().nullable(),
});

const answerTimeoutMs = 30_000;

export class SinkClient {
  readonly #control: string;

  constructor(control: string) {
    this.#control = control;
  }

  /** Its event-loop utilization is the one since the last call, whoever made it. */
  async stats(): Promise<Stats> {
    return this.#json(StatsSchema, 'GET', '/stats');
  }

  /** The sums of the ledger, without its problems. */
  async totals(): Promise<LedgerTotals> {
    return this.#json(LedgerTotalsSchema, 'GET', '/totals');
  }

  async ledger(): Promise<LedgerReport> {
    return this.#json(LedgerReportSchema, 'GET', '/ledger');
  }

  /** The ledger, and what is missing of the objects that were uploaded. */
  async judge(request: JudgeRequest): Promise<LedgerVerdict> {
    return this.#json(LedgerVerdictSchema, 'POST', '/judge', request);
  }

  /** Objects of which a line is stored, in the load's order. */
  async objects(): Promise<readonly ObjectAccount[]> {
    const text = await (await this.#request('GET', '/objects')).text();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ObjectAccountSchema.parse(JSON.parse(line)));
  }

  async timeline(): Promise<readonly TimelineSecond[]> {
    return this.#json(TimelineSchema, 'GET', '/timeline');
  }

  /** When nothing was stored for a while. */
  async pauses(): Promise<readonly Pause[]> {
    return this.#json(PausesSchema, 'GET', '/pauses');
  }

  /** The metrics that senders have sent by OTLP. */
  async metrics(): Promise<readonly ReceivedMetrics[]> {
    return this.#json(MetricsSchema, 'GET', '/metrics');
  }

  /** Returns how many objects the load has. The books begin anew. */
  async useLoad(dir: string): Promise<number> {
    return (await this.#json(LoadAnswerSchema, 'POST', '/load', { dir })).objects;
  }

  /** When it returns, ports and connections are as the faults ask for. */
  async addFaults(faults: readonly FaultInput[]): Promise<readonly number[]> {
    return (await this.#json(FaultAnswerSchema, 'POST', '/fault', faults)).ids;
  }

  async removeFault(id: number): Promise<void> {
    await this.#request('DELETE', `/fault?id=${id}`);
  }

  async clearFaults(): Promise<void> {
    await this.#request('DELETE', '/fault');
  }

  /** Active and ended ones, with how often each struck. */
  async faults(): Promise<FaultList> {
    return this.#json(FaultListSchema, 'GET', '/fault');
  }

  /** Empty books and no faults; the load stays. */
  async reset(): Promise<void> {
    await this.#request('POST', '/reset');
  }

  async #json<T>(schema: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.#request(method, path, body);
    return schema.parse(await response.json());
  }

  async #request(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.#control}${path}`, {
      method,
      signal: AbortSignal.timeout(answerTimeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new HarnessError('broken', `The sink at ${this.#control} does not answer ${method} ${path}; see its log.`, {
        cause: error,
      });
    });
    if (response.ok) return response;
    const answer = ErrorAnswerSchema.safeParse(await response.json());
    throw new HarnessError(
      'broken',
      `The sink refused ${method} ${path}: ${answer.success ? answer.data.error : response.status}`,
    );
  }
}
