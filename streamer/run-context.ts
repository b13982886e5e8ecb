/** What the stages of one run share. Built once in `pipeline.ts`; a stage takes what it needs of it. */
import type { Claims } from './claims.ts';
import type { Config } from './config/config.ts';
import type { AdaptiveLimit } from './core/adaptive-limit.ts';
import type { ByteBudget } from './core/byte-budget.ts';
import type { FolderFormats } from './core/folder-formats.ts';
import type { CompiledFormats } from './core/format.ts';
import type { KnownObjects } from './core/known-objects.ts';
import type { ParkedObjects } from './core/parked-objects.ts';
import type { ReadyQueue } from './core/ready-queue.ts';
import type { SendQueue } from './core/send-queue.ts';
import type { SourceGate } from './core/source-gate.ts';
import type { Wakeup } from './core/wakeup.ts';
import type { QueueAction } from './held-messages.ts';
import type { ObjectFlight } from './object-flight.ts';
import type { Ports } from './ports.ts';
import type { ProgressWriter } from './progress-writer.ts';
import type { WorkStart } from './work-start.ts';

export interface RunContext {
  readonly ports: Ports;
  readonly config: Config;
  readonly formats: CompiledFormats;
  /** Of objects whose names tell none. */
  readonly folderFormats: FolderFormats;
  readonly start: WorkStart;
  readonly known: KnownObjects;
  /** What was found and is told to the others; where nobody shares the objects, the same as `ready`. */
  readonly found: ReadyQueue;
  readonly foundChanged: Wakeup;
  /** What this instance may read. */
  readonly ready: ReadyQueue;
  /** They become ready again when their wait is over. */
  readonly parked: ParkedObjects;
  /** Notified when an object may have become ready, or when room was made. */
  readonly readyChanged: Wakeup;
  /** Null where nobody shares the objects. */
  readonly claims: Claims | null;
  /** Sources whose last LIST or HEAD failed. */
  readonly listing: {
    readonly failingSources: Set<number>;
    /** Those with a folder that may not be listed, while the rest of them may. */
    readonly refusingSources: Set<number>;
  };
  /** What the queue of notifications refused at the last attempt. */
  readonly queue: { readonly failingActions: Set<QueueAction> };
  /** One for each source. */
  readonly gates: readonly SourceGate[];
  readonly readLimit: AdaptiveLimit;
  readonly budget: ByteBudget;
  readonly sendQueue: SendQueue<ObjectFlight>;
  readonly progress: ProgressWriter;
}

export function isListingHealthy({ listing: { failingSources, refusingSources } }: RunContext): boolean {
  return failingSources.size === 0 && refusingSources.size === 0;
}
