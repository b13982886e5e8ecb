/**
 * Where the work begins: what was last modified before is not ours. Where instances share the state, one that starts beside a store that has forgotten all of it takes
 * itself for the first; those who remember tell the store where it truly began, each when it renews next.
 */
import { backoffMs, SHARED_STATE_RETRY } from './core/backoff.ts';
import type { Config } from './config/config.ts';
import { hasCode, StreamerError } from './errors.ts';
import type { StateHead } from './ports.ts';
import type { RunContext } from './run-context.ts';

/** How often the store is asked anew. */
const ASK_MS = 5_000;
/** Longer without an answer, and the store may have been away, and have forgotten meanwhile. */
const UNHEARD_MS_MAX = 1.5 * ASK_MS;
const MOVED_POLL_MS = 500;
/** While the store refuses: somebody must mend that. */
const REFUSED_RETRY = { delayMsBase: 200, delayMsMax: ASK_MS } as const;

export class WorkStart {
  readonly #sureAfterMs: number;
  #fromMs = Infinity;
  #isHealthy = true;
  /** Both by `Clock.elapsed`. */
  #heardMs = -Infinity;
  #sameSinceMs = -Infinity;

  constructor({ sureAfterMs }: { readonly sureAfterMs: number }) {
    this.#sureAfterMs = sureAfterMs;
  }

  /** Epoch ms. */
  get fromMs(): number {
    return this.#fromMs;
  }

  get isKnown(): boolean {
    return this.#fromMs !== Infinity;
  }

  /** Whether the store said it when it was asked last. */
  get isHealthy(): boolean {
    return this.#isHealthy;
  }

  /** False while others may still move it back. */
  get isSure(): boolean {
    return this.#heardMs - this.#sameSinceMs >= this.#sureAfterMs;
  }

  /** The store has just said so. */
  hear(fromMs: number, elapsedMs: number): void {
    if (fromMs !== this.#fromMs || elapsedMs - this.#heardMs > UNHEARD_MS_MAX) this.#sameSinceMs = elapsedMs;
    this.#fromMs = fromMs;
    this.#heardMs = elapsedMs;
    this.#isHealthy = true;
  }

  /** The store did not say it. */
  miss(): void {
    this.#isHealthy = false;
  }
}

/** Null when the signal aborts while the store, which others keep too, does not answer. Only at the start does a refusal end us: somebody is there then, and can mend it. */
export async function readHead(context: RunContext, signal: AbortSignal): Promise<StateHead | null> {
  const { ports, start } = context;
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      const head = await readOrBegin(context);
      start.hear(head.startFromMs, ports.clock.elapsed());
      return head;
    } catch (error) {
      if (!(error instanceof StreamerError)) throw error;
      const isPassing = hasCode(error, 'STATE_UNREACHABLE', 'STATE_FORGOTTEN');
      if (!isPassing && !start.isKnown) throw error;
      start.miss();
      const delayMs = backoffMs(isPassing ? SHARED_STATE_RETRY : REFUSED_RETRY, failures, ports.random.next(), null);
      ports.events.emit({ kind: 'state read failed', code: error.code, error: error.message, delayMs });
      await ports.clock.sleep(delayMs, signal);
    }
  }
  return null;
}

async function readOrBegin({ ports: { state, clock }, config }: RunContext): Promise<StateHead> {
  const known = await state.readHead();
  if (known !== null) return known;
  const startFromMs = firstStartMs(clock.now(), config);
  const head = { startFromMs, floorMs: startFromMs };
  await state.commit({ changes: [], quarantined: [], fulfilled: [], head, forgetBeforeMs: null });
  // Another instance may have been the first.
  return (await state.readHead()) ?? head;
}

/** `now` means what it meant in the original: one minute before what is eligible at the first start. */
export function firstStartMs(nowMs: number, { processing }: Config): number {
  if (processing.startFrom === 'beginning') return 0;
  if (processing.startFrom === 'now') return nowMs - processing.delayWindowMs - 60_000;
  return processing.startFrom;
}

/** On every instance, whether it lists or not: each is told of objects by notifications. */
export async function watchStart(context: RunContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await context.ports.clock.sleep(ASK_MS, signal);
    await readHead(context, signal);
  }
}

/** What was looked for from a start that was none is looked for again. */
export async function abortWhenMoved(
  { ports, start }: RunContext,
  { startFromMs }: StateHead,
  moved: AbortController,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await ports.clock.sleep(MOVED_POLL_MS, signal);
    if (start.fromMs !== startFromMs) moved.abort();
  }
}
