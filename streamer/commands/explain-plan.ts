/**
 * What `run` would read now. The decisions are those of the streamer itself: the same walk (folder-walk.ts), the same selection (core/selection.ts), the
 * same order (core/ready-queue.ts), on the state as it is.
 */
import type { Config } from '../config/config.ts';
import { FirstTasks } from '../core/first-tasks.ts';
import { FolderMap } from '../core/folder-map.ts';
import { compileFormats } from '../core/format.ts';
import type { Lane, ObjectTask } from '../core/object-task.ts';
import { compareTasks, laneOf } from '../core/ready-queue.ts';
import type { Selected, SkipReason } from '../core/selection.ts';
import { firstStartMs } from '../work-start.ts';
import type { ObjectRecord, StateHead } from '../ports.ts';
import { selectionOf } from '../source-selection.ts';
import { type Bucket, nameOfSource } from './bucket.ts';
import { formatCount, Progress } from './output.ts';
import type { StateView } from './state-access.ts';

const EXAMPLES_MAX = 3;
const HOUR_MS = 3_600_000;

/** `waiting`: not old enough by its name (`processing.delay_window`). */
type Turn = Lane | 'waiting';

interface Skipped {
  readonly count: number;
  /** Keys or folders. */
  readonly examples: readonly string[];
}

interface PlannedRead {
  readonly turn: Turn;
  readonly task: ObjectTask;
}

export interface Plan {
  readonly isFirstStart: boolean;
  readonly head: StateHead;
  /** How far back the first sweep looks. */
  readonly sinceMs: number;
  readonly listed: number;
  readonly gzBytes: number;
  readonly turns: Readonly<Record<Turn, number>>;
  /** Of them, objects whose reading goes on where an earlier one stopped. */
  readonly partial: number;
  /** When the first waiting object may be read; null when none waits. */
  readonly nextMs: number | null;
  /** The first objects, in order. */
  readonly first: readonly PlannedRead[];
  readonly skipped: ReadonlyMap<SkipReason, Skipped>;
  /** Objects that an operator asked for, beside what discovery finds. */
  readonly wanted: number;
  readonly listRequests: number;
  readonly listMs: number;
  readonly listRequestsPerHour: number;
}

export async function planOf(config: Config, view: StateView | null, bucket: Bucket, limit: number): Promise<Plan> {
  const { scanIntervalMs, lookbackMs, lookbackIntervalMs, liveWindowMs, formats } = config.processing;
  const nowMs = Date.now();
  const known = (await view?.head()) ?? null;
  const startMs = firstStartMs(nowMs, config);
  const head = known ?? { startFromMs: startMs, floorMs: startMs };
  const sinceMs = Math.min(head.floorMs, nowMs - lookbackMs);
  const tally = new Tally({ nowMs, liveWindowMs, limit });
  const compiled = compileFormats(formats);
  const progress = new Progress();
  let activeFolders = 0;
  for (const [index, source] of config.s3.sources.entries()) {
    const selection = selectionOf(config, compiled, index);
    const folders = new FolderMap();
    for await (const { folder, objects, passedBy } of bucket.walk(source, ({ endMs }) => endMs > sinceMs)) {
      for (const prefix of passedBy) tally.skip(prefix, 'folder-outside-lookback');
      const isFresh = objects.some(({ lastModifiedMs }) => lastModifiedMs >= sinceMs);
      if (objects.length > 0) folders.add(folder, isFresh ? nowMs : null);
      const records = (await view?.lookup(objects)) ?? [];
      for (const [at, object] of objects.entries()) {
        const selected = selection.select(object, { startFromMs: head.startFromMs, sinceMs }, nowMs);
        tally.add(object.key, selected, records[at] ?? { kind: 'unknown' });
      }
      progress.tell(`${nameOfSource(source)}${folder}: ${formatCount(tally.listed, 'object')} listed`);
    }
    activeFolders += folders.activeAt(nowMs).length;
  }
  progress.end();
  const { requests, totalMs } = bucket.listing;
  return {
    isFirstStart: known === null,
    head,
    sinceMs,
    ...tally.result(),
    wanted: (await view?.wantedCount()) ?? 0,
    listRequests: requests,
    listMs: totalMs,
    // Told of by a queue alone, nothing is listed but by this command.
    listRequestsPerHour:
      config.discovery.mode === 'sqs'
        ? 0
        : Math.ceil((activeFolders * HOUR_MS) / scanIntervalMs + (requests * HOUR_MS) / lookbackIntervalMs),
  };
}

export function countToRead({ turns }: Pick<Plan, 'turns'>): number {
  return turns.live + turns.backlog + turns.waiting;
}

type TallyResult = Pick<Plan, 'listed' | 'gzBytes' | 'turns' | 'partial' | 'nextMs' | 'first' | 'skipped'>;

/** Counts everything, and keeps the first objects of each turn. */
class Tally {
  readonly #options: { readonly nowMs: number; readonly liveWindowMs: number; readonly limit: number };
  readonly #turns: Record<Turn, number> = { live: 0, backlog: 0, waiting: 0 };
  readonly #first: Readonly<Record<Turn, FirstTasks>>;
  readonly #skipped = new Map<SkipReason, { count: number; readonly examples: string[] }>();
  #listed = 0;
  #gzBytes = 0;
  #partial = 0;
  #nextMs = Infinity;

  constructor(options: { readonly nowMs: number; readonly liveWindowMs: number; readonly limit: number }) {
    this.#options = options;
    this.#first = {
      live: new FirstTasks(options.limit, compareTasks),
      backlog: new FirstTasks(options.limit, compareTasks),
      waiting: new FirstTasks(
        options.limit,
        (left, right) => left.notBeforeMs - right.notBeforeMs || compareTasks(left, right),
      ),
    };
  }

  get listed(): number {
    return this.#listed;
  }

  add(key: string, selected: Selected, record: ObjectRecord): void {
    this.#listed += 1;
    if (selected.kind === 'skipped') this.skip(key, selected.reason);
    else if (record.kind === 'complete') this.skip(key, 'complete');
    else this.#read(selected.task, record);
  }

  skip(keyOrFolder: string, reason: SkipReason): void {
    const skipped = this.#skipped.get(reason) ?? { count: 0, examples: [] };
    this.#skipped.set(reason, skipped);
    skipped.count += 1;
    if (skipped.examples.length < EXAMPLES_MAX) skipped.examples.push(keyOrFolder);
  }

  #read(task: ObjectTask, record: ObjectRecord): void {
    const { nowMs, liveWindowMs } = this.#options;
    const turn = task.notBeforeMs > nowMs ? 'waiting' : laneOf(task, nowMs, liveWindowMs);
    this.#turns[turn] += 1;
    this.#first[turn].add(task);
    this.#gzBytes += task.object.sizeBytes;
    if (record.kind === 'partial') this.#partial += 1;
    if (turn === 'waiting') this.#nextMs = Math.min(this.#nextMs, task.notBeforeMs);
  }

  result(): TallyResult {
    const turns: readonly Turn[] = ['live', 'backlog', 'waiting'];
    const first = turns.flatMap((turn) => this.#first[turn].inOrder().map((task) => ({ turn, task })));
    return {
      listed: this.#listed,
      gzBytes: this.#gzBytes,
      turns: this.#turns,
      partial: this.#partial,
      nextMs: this.#nextMs === Infinity ? null : this.#nextMs,
      first: first.slice(0, this.#options.limit),
      skipped: this.#skipped,
    };
  }
}
