/**
 * The messages whose objects are under way: hidden from other consumers for as long as we work on them, deleted once they are settled, given back at the end.
 * Invariant: only a settled message is deleted. Whatever fails here, the queue shows the message again sooner or later, which costs a look-up and no line.
 */
import { backoffMs } from './core/backoff.ts';
import { Wakeup } from './core/wakeup.ts';
import { StreamerError } from './errors.ts';
import type { Notification, Notifications, Ports, Undone } from './ports.ts';

interface Held {
  /** Of the latest time that the queue showed it. */
  receipt: string;
  isSettled: boolean;
}

export type QueueAction = 'receive' | 'hide' | 'delete';

export const QUEUE_RETRY = { delayMsBase: 200, delayMsMax: 30_000 } as const;
/** Parts of the hidden time: two attempts may fail, and the message is still hidden. */
const HIDE_TICKS = 3;
const IDLE_MS = 60_000;

export interface HeldMessagesOptions {
  readonly ports: Pick<Ports, 'clock' | 'random' | 'events'>;
  readonly notifications: Notifications;
  /** How long a message stays hidden, unless it is hidden again. */
  readonly hiddenMs: number;
  /** Kept up to date: what the queue refused at the last attempt. */
  readonly failing: Set<QueueAction>;
}

export class HeldMessages {
  readonly #options: HeldMessagesOptions;
  readonly #held = new Map<string, Held>();
  readonly #settled = new Wakeup();

  constructor(options: HeldMessagesOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#held.size;
  }

  /** False when it is held already: the queue has shown it once more. */
  hold({ id, receipt }: Notification): boolean {
    const held = this.#held.get(id);
    if (held === undefined) {
      this.#held.set(id, { receipt, isSettled: false });
      return true;
    }
    held.receipt = receipt;
    if (held.isSettled) this.#settled.notify();
    return false;
  }

  /** Nothing of it is left to do: it is deleted. */
  settle(id: string): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    held.isSettled = true;
    this.#settled.notify();
  }

  /** It is none of ours: the queue shows it again when its hidden time is over, and moves it away in the end if it has a redrive policy. */
  leave(id: string): void {
    this.#held.delete(id);
  }

  /** Hides and deletes until the signal aborts; call `close` afterwards. */
  async keep(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#keepHidden(signal), this.#deleteSettled(signal)]);
  }

  /** One last attempt: deletes what is settled, and shows the rest to others at once. */
  async close(signal: AbortSignal): Promise<void> {
    const { ports, notifications } = this.#options;
    await this.#tryDelete(signal);
    const receipts = [...this.#held.values()].filter(({ isSettled }) => !isSettled).map(({ receipt }) => receipt);
    if (receipts.length === 0) return;
    const undone = await this.#try('hide', receipts, async () => notifications.hide(receipts, 0, signal), signal);
    const messages = undone === null ? 0 : receipts.length - undone.failed.length - undone.lost.length;
    ports.events.emit({ kind: 'notifications returned', messages });
    this.#held.clear();
  }

  async #keepHidden(signal: AbortSignal): Promise<void> {
    const { ports, hiddenMs } = this.#options;
    while (!signal.aborted) {
      await ports.clock.sleep(hiddenMs / HIDE_TICKS, signal);
      if (!signal.aborted) await this.#tryHide(signal);
    }
  }

  async #tryHide(signal: AbortSignal): Promise<void> {
    const { notifications, hiddenMs } = this.#options;
    const receipts = [...this.#held.values()].map(({ receipt }) => receipt);
    const undone = await this.#try(
      'hide',
      receipts,
      async () => notifications.hide(receipts, hiddenMs, signal),
      signal,
    );
    // Its objects stay under way; when the queue shows it again it is held again.
    if (undone !== null) this.#drop((receipt) => undone.lost.includes(receipt));
  }

  async #deleteSettled(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options.ports;
    let failures = 0;
    while (!signal.aborted) {
      if (failures === 0) await this.#settled.wait(clock, IDLE_MS, signal);
      else await clock.sleep(backoffMs(QUEUE_RETRY, failures, random.next(), null), signal);
      if (signal.aborted) return;
      failures = (await this.#tryDelete(signal)) ? 0 : failures + 1;
    }
  }

  /** False when something is left to be deleted. */
  async #tryDelete(signal: AbortSignal): Promise<boolean> {
    const { ports, notifications } = this.#options;
    const settled = [...this.#held.values()].filter(({ isSettled }) => isSettled);
    const receipts = settled.map(({ receipt }) => receipt);
    const undone = await this.#try('delete', receipts, async () => notifications.delete(receipts, signal), signal);
    if (undone === null) return false;
    // One that was shown again meanwhile has another receipt, and is deleted with that.
    const deleted = new Set(receipts);
    for (const receipt of undone.failed) deleted.delete(receipt);
    this.#drop((receipt) => deleted.has(receipt));
    if (deleted.size > 0)
      ports.events.emit({ kind: 'notifications deleted', messages: deleted.size - undone.lost.length });
    return undone.failed.length === 0;
  }

  /** Null when it failed as a whole. */
  async #try(
    action: QueueAction,
    receipts: readonly string[],
    request: () => Promise<Undone>,
    signal: AbortSignal,
  ): Promise<Undone | null> {
    const { failing, ports } = this.#options;
    try {
      const undone = receipts.length === 0 ? { failed: [], lost: [] } : await request();
      if (undone.failed.length === 0) {
        failing.delete(action);
        return undone;
      }
      failing.add(action);
      const error = `SQS did not ${action} ${undone.failed.length} of ${receipts.length} messages: it is asked again; if that goes on, look at the health and the quotas of SQS`;
      ports.events.emit({ kind: 'queue failed', action, code: 'QUEUE_UNAVAILABLE', error });
      return undone;
    } catch (error) {
      if (!(error instanceof StreamerError)) throw error;
      if (signal.aborted) return null;
      failing.add(action);
      ports.events.emit({ kind: 'queue failed', action, code: error.code, error: error.message });
      return null;
    }
  }

  #drop(isDropped: (receipt: string) => boolean): void {
    for (const [id, { receipt }] of this.#held) if (isDropped(receipt)) this.#held.delete(id);
  }
}
