/** A queue in memory, as SQS works: what is shown is hidden for a while, and shown again unless it is deleted. */
import type { Clock, Notification, Notifications, QueueFacts, Undone } from '../ports.ts';

const WAIT_MS = 20_000;
const POLL_MS = 100;

interface Message {
  readonly id: string;
  readonly body: string;
  /** Of the latest showing. */
  receipt: string;
  visibleAtMs: number;
  timesShown: number;
}

export class FakeQueue implements Notifications {
  readonly #clock: Clock;
  readonly #messages = new Map<string, Message>();
  #sent = 0;
  #receipts = 0;
  /** Called before each request; what it throws is the answer. */
  onRequest: (action: 'describe' | 'receive' | 'hide' | 'delete') => void = () => undefined;
  /** Messages that may not be hidden any longer. */
  readonly refusedToHide = new Set<string>();
  readonly requests = { receive: 0, hide: 0, delete: 0 };
  /** Most messages that were hidden at the same time. */
  hiddenMax = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Gives back the message's id. */
  send(body: string): string {
    this.#sent += 1;
    const id = `m${this.#sent}`;
    this.#messages.set(id, { id, body, receipt: '', visibleAtMs: this.#clock.now(), timesShown: 0 });
    return id;
  }

  /** All that were not deleted. */
  get ids(): readonly string[] {
    return [...this.#messages.keys()];
  }

  isVisible(id: string): boolean {
    const message = this.#messages.get(id);
    return message !== undefined && message.visibleAtMs <= this.#clock.now();
  }

  timesShown(id: string): number {
    return this.#messages.get(id)?.timesShown ?? 0;
  }

  async describe(): Promise<QueueFacts> {
    this.onRequest('describe');
    return { retentionMs: 345_600_000, hasRedrivePolicy: true };
  }

  async receive(
    { messagesMax, hiddenMs }: { readonly messagesMax: number; readonly hiddenMs: number },
    signal: AbortSignal,
  ): Promise<readonly Notification[]> {
    if (messagesMax < 1) throw new RangeError('SQS gives at least one message');
    this.requests.receive += 1;
    const endMs = this.#clock.now() + WAIT_MS;
    for (;;) {
      this.onRequest('receive');
      const visible = this.ids.filter((id) => this.isVisible(id)).slice(0, Math.min(messagesMax, 10));
      if (visible.length > 0) return visible.map((id) => this.#show(id, hiddenMs));
      if (signal.aborted || this.#clock.now() >= endMs) return [];
      await this.#clock.sleep(POLL_MS, signal);
    }
  }

  async hide(receipts: readonly string[], hiddenMs: number, signal: AbortSignal): Promise<Undone> {
    this.requests.hide += 1;
    await this.#clock.sleep(1, signal);
    this.onRequest('hide');
    const lost: string[] = [];
    for (const receipt of receipts) {
      const message = this.#shownAs(receipt);
      if (message === undefined || this.refusedToHide.has(message.id)) lost.push(receipt);
      else message.visibleAtMs = this.#clock.now() + hiddenMs;
    }
    return { failed: [], lost };
  }

  async delete(receipts: readonly string[], signal: AbortSignal): Promise<Undone> {
    this.requests.delete += 1;
    await this.#clock.sleep(1, signal);
    this.onRequest('delete');
    for (const receipt of receipts) {
      const message = this.#shownAs(receipt);
      if (message !== undefined) this.#messages.delete(message.id);
    }
    return { failed: [], lost: [] };
  }

  #show(id: string, hiddenMs: number): Notification {
    const message = this.#messages.get(id);
    if (message === undefined) throw new RangeError(`there is no message ${id}`);
    this.#receipts += 1;
    message.receipt = `r${this.#receipts}`;
    message.visibleAtMs = this.#clock.now() + hiddenMs;
    message.timesShown += 1;
    this.hiddenMax = Math.max(this.hiddenMax, this.ids.filter((other) => !this.isVisible(other)).length);
    return { id, receipt: message.receipt, body: message.body };
  }

  #shownAs(receipt: string): Message | undefined {
    return [...this.#messages.values()].find((message) => message.receipt === receipt);
  }
}

/** As S3 tells of an object; without an ETag where that is null. */
export function eventOf(
  ...objects: readonly { readonly bucket: string; readonly key: string; readonly etag: string | null }[]
): string {
  return JSON.stringify({
    Records: objects.map(({ bucket, key, etag }) => ({
      eventName: 'ObjectCreated:Put',
      s3: {
        bucket: { name: bucket },
        object: {
          key: new URLSearchParams({ key }).toString().slice('key='.length).replaceAll('%2F', '/'),
          ...(etag === null ? {} : { eTag: etag }),
        },
      },
    })),
  });
}
