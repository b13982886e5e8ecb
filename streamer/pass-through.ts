/**
 * `http.compression: passthrough`: in place of inflate, split and batch, an object's gzip bytes become one batch that covers the object. Sending, settling,
 * progress, audit and metrics work on it as on any other.
 * Invariant: what is in doubt is opened, the usual way: an object that does not look like one whole gzip member, one of which something is settled, and one that
 * endpoints refuse or fail on. So nothing is lost that the usual way would deliver, and what is set aside are lines, by their range.
 */
import type { CutBatch } from './core/batch-cutter.ts';
import { singleMemberRawBytes } from './core/gzip-member.ts';
import type { ObjectTask } from './core/object-task.ts';
import { hasLineRule } from './core/record-rule.ts';
import type { QueuedBatch } from './core/send-queue.ts';
import type { DeliveryBody, Refusal } from './delivery.ts';
import type { ObjectFlight } from './object-flight.ts';
import type { RunContext } from './run-context.ts';

/** By all that is known of it before it is read. */
export function mayPassThrough({ config }: RunContext, task: ObjectTask): boolean {
  const { compression, passThroughBytesMax } = config.http;
  if (compression !== 'passthrough' || task.object.sizeBytes > passThroughBytesMax) return false;
  // Ranges are of lines: only who opens the object can send the rest of it.
  if (task.settled.length > 0 || task.parkings > 0 || task.mustOpen === true) return false;
  return !task.isFormatOpen && !hasLineRule(task.format.recordRule);
}

/** The one batch of an object that is read; null where it must be opened. */
export function passThrough(context: RunContext, flight: ObjectFlight, stored: Uint8Array): CutBatch | null {
  if (!mayPassThrough(context, flight.task) || stored.length !== flight.task.object.sizeBytes) return null;
  const rawBytes = singleMemberRawBytes(stored);
  if (rawBytes === null) return null;
  const held = context.ports.inflate.asStored(stored);
  flight.hold(held);
  flight.isUnopened = true;
  flight.inflatedMs = context.ports.clock.now();
  flight.rawBytes = rawBytes;
  return {
    range: { start: 0, end: rawBytes },
    firstLine: 0,
    lines: 0,
    parts: [held.content],
    bodyBytes: stored.length,
    isVerbatim: false,
    longLines: [],
  };
}

/** What the POST of these batches must say of its body, where it is an object as stored: such a batch travels alone. */
export function bodyUnopened([first]: readonly QueuedBatch<ObjectFlight>[]): Pick<
  DeliveryBody,
  'encoding' | 'rawBytes'
> {
  return first?.owner.isUnopened === true ? { encoding: 'gzip', rawBytes: first.owner.rawBytes } : {};
}

/**
 * Whether a line, the compression or the size is what the endpoint objects to, or whether it refuses everything, cannot be known of a whole object: its lines are
 * sent, and what is refused then is judged as usual. Nothing of it is settled meanwhile.
 */
export function openRefused({ ports, ready, readyChanged }: RunContext, task: ObjectTask, refusal: Refusal): void {
  const nowMs = ports.clock.now();
  ready.push({ ...task, mustOpen: true, notBeforeMs: nowMs }, nowMs);
  readyChanged.notify();
  ports.events.emit({ kind: 'object opened', object: task.object, status: refusal.status, error: refusal.text });
}
