/**
 * The discover stage for one source, in two motions.
 * - **Head scan**, each `scan_interval`: the active folders only, from a little before the newest key where key order is time order. It offers what is
 *   live and leaves the rest to the sweep.
 * - **Look-back sweep**, each `lookback_interval`: every folder of the look-back window, paced, for what came late, with an odd time stamp, or while we were away.
 * Invariant: an object that was last modified inside the window is offered by one of them or skipped for a reason that has a name; a folder that may not be
 * listed keeps the window open.
 */
import { backoffMs } from './core/backoff.ts';
import { FolderMap } from './core/folder-map.ts';
import { FolderScans } from './core/folder-scans.ts';
import { isMaybeNoMonth } from './core/partitions.ts';
import { StreamerError } from './errors.ts';
import { walkFolders } from './folder-walk.ts';
import type { ListPage, ListRequest, ObjectRef } from './ports.ts';
import type { RunContext } from './run-context.ts';
import { HEAD_OVERLAP_MS, type SourceIntake } from './source-intake.ts';

export const KEYS_PER_PAGE = 1000;
/** Between two pages of a sweep that looks for late arrivals: it must not compete with live work. */
export const SWEEP_PAUSE_MS = 100;
/** So many failures until a folder that is refused is passed by, if its source is not refused. */
const REFUSED_FAILURES = 3;
/** Then nobody asks for it. */
const REFUSED_REST_MS = 60_000;
/** So many folders that may be no months are told of by a run, for each source. */
const PASSED_BY_TOLD_MAX = 1_000;
const PASSED_BY_ADVICE =
  'they look like a year and a month of long ago, so nothing of them is read: if they are other numbers, name each of them as a prefix in s3.sources, in place of the one that holds them all';
const LIST_RETRY = { delayMsBase: 200, delayMsMax: 30_000 } as const;

type ListMotion = 'head' | 'sweep';

export class Discovery {
  readonly #context: RunContext;
  readonly #sourceIndex: number;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #formatChoice: string;
  readonly #intake: SourceIntake;
  readonly #folders = new FolderMap();
  readonly #scans = new Map<string, FolderScans>();
  /** Whole prefixes of the folders that may not be listed, and until when they rest, as the clock that nobody sets counts. */
  readonly #refused = new Map<string, number>();

  /** Whole prefixes of folders that may be no months. */
  readonly #toldPassedBy = new Set<string>();

  constructor(context: RunContext, sourceIndex: number, intake: SourceIntake) {
    const source = context.config.s3.sources[sourceIndex];
    if (source === undefined) throw new RangeError(`source ${sourceIndex}`);
    this.#context = context;
    this.#sourceIndex = sourceIndex;
    this.#bucket = source.bucket;
    this.#prefix = source.prefix;
    this.#formatChoice = source.format;
    this.#intake = intake;
  }

  async runHeadScans(signal: AbortSignal): Promise<void> {
    const { ports, config, listing } = this.#context;
    while (!signal.aborted) {
      const startMs = ports.clock.now();
      await this.#scanHead(signal);
      this.#context.known.expire(startMs);
      await ports.clock.sleep(restOf(config.processing.scanIntervalMs, ports.clock.now() - startMs), signal);
    }
    // Another instance lists now: nobody here would find that all is well again.
    listing.failingSources.delete(this.#sourceIndex);
    listing.refusingSources.delete(this.#sourceIndex);
  }

  /** The first sweep reaches back to `floorMs` (what an earlier run left), unpaced; each later one over the look-back window of the one before. */
  async runSweeps(floorMs: number, onFinished: (sweepStartMs: number) => void, signal: AbortSignal): Promise<void> {
    const { ports, config } = this.#context;
    let isFirst = true;
    let sinceMs = floorMs;
    let pauseMs = 0;
    let previousSweepMs = -Infinity;
    while (!signal.aborted) {
      const startMs = ports.clock.now();
      const sweepMs = ports.clock.elapsed();
      const lookbackMs = startMs - config.processing.lookbackMs;
      const fromMs = Math.min(sinceMs, lookbackMs);
      // What an earlier run had found and left may have come late: to a folder whose date ended up to a look-back before.
      const foldersFromMs = isFirst ? fromMs - config.processing.lookbackMs : fromMs;
      const refused = await this.#sweep({ sinceMs: fromMs, foldersFromMs, pauseMs }, signal);
      if (signal.aborted) return;
      this.#forgetRefusedBut(refused);
      // What came behind the sweep's back is seen by the next one.
      this.#folders.forgetQuiet(previousSweepMs);
      previousSweepMs = sweepMs;
      pauseMs = SWEEP_PAUSE_MS;
      // Else the next one reaches as far back: what a folder holds that may not be listed is found as soon as it may be.
      if (refused.size === 0) {
        onFinished(startMs);
        isFirst = false;
        // A sweep that waited for a full queue, or a clock that was set forward, must not move the window past what was never listed.
        sinceMs = lookbackMs;
      }
      await ports.clock.sleep(restOf(config.processing.lookbackIntervalMs, ports.clock.now() - startMs), signal);
    }
  }

  /** An object was overwritten while we held its old version: offers the new one. */
  async refresh(object: ObjectRef, signal: AbortSignal): Promise<void> {
    const page = await this.#list(
      { prefix: object.key, startAfter: null, continuationToken: null, delimiter: null },
      'head',
      signal,
    );
    if (page !== null && page !== 'refused')
      await this.#offer(
        page.objects.filter(({ key }) => key === object.key),
        'sweep',
        -Infinity,
        signal,
      );
  }

  async #scanHead(signal: AbortSignal): Promise<void> {
    const nowMs = this.#context.ports.clock.now();
    const folders = this.#folders.activeAt(nowMs);
    // Until the first objects show how this source names its folders, look everywhere: it is empty, or nearly so.
    if (folders.length === 0) {
      const sinceMs = nowMs - this.#context.config.processing.liveWindowMs;
      await this.#sweep({ sinceMs, foldersFromMs: sinceMs, pauseMs: 0 }, signal);
    }
    for (const folder of this.#scans.keys()) if (!folders.includes(folder)) this.#scans.delete(folder);
    for (const folder of folders) await this.#scanFolder(folder, signal);
  }

  async #scanFolder(folder: string, signal: AbortSignal): Promise<void> {
    const { ports, formats, config } = this.#context;
    const isOrdered = formats.isKeyOrderTimeOrder(this.#formatChoice);
    const scans = this.#scansOf(folder);
    const scan = scans.next(ports.clock.now());
    const startAfter = isOrdered ? scan.startAfter : null;
    const listed: { key: string; fileTimestampMs: number }[] = [];
    let pages = 0;
    for (let token: string | null = null, isFirst = true; isFirst || token !== null; isFirst = false) {
      const page: ListPage | 'refused' | null = await this.#list(
        // Deeper folders have scans and cursors of their own.
        { prefix: this.#prefix + folder, startAfter, continuationToken: token, delimiter: '/' },
        'head',
        signal,
      );
      if (page === null || page === 'refused') return;
      pages += 1;
      const freshMs = ports.clock.now() - config.processing.delayWindowMs - config.processing.liveWindowMs;
      await this.#offer(page.objects, 'head', freshMs, signal);
      if (signal.aborted) return;
      token = page.continuationToken;
      // Without a cursor to move, the keys of a whole day would be held for nothing.
      if (!isOrdered) continue;
      for (const { key } of page.objects) {
        // A key that tells no time (a foreign file) has no place in the order: its LastModified must not move the cursor past all that comes.
        const fileTimestampMs = this.#intake.selection.timestampOf(key);
        if (fileTimestampMs !== null) listed.push({ key, fileTimestampMs });
      }
    }
    if (isOrdered) scans.finish(scan, listed, pages, ports.clock.now());
  }

  /**
   * Offers what was last modified since `sinceMs`, from the folders whose date had not ended by `foldersFromMs`. Gives back the whole prefixes of those that
   * may not be listed.
   */
  async #sweep(
    {
      sinceMs,
      foldersFromMs,
      pauseMs,
    }: { readonly sinceMs: number; readonly foldersFromMs: number; readonly pauseMs: number },
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const { ports } = this.#context;
    const startMs = ports.clock.now();
    const refused = new Set<string>();
    let listed = 0;
    let found = 0;
    const doubtful: string[] = [];
    const pages = walkFolders({
      prefix: this.#prefix,
      list: async (request) => {
        const page = await this.#list(request, 'sweep', signal);
        if (page === 'refused') refused.add(request.prefix);
        return page;
      },
      isWanted: ({ endMs }) => endMs > foldersFromMs,
    });
    for await (const { folder, objects, passedBy } of pages) {
      for (const prefix of passedBy) {
        this.#intake.skip(prefix, 'folder-outside-lookback');
        if (this.#isDoubtful(prefix)) doubtful.push(prefix);
      }
      listed += objects.length;
      const ours = objects.filter((object) => this.#isOurs(object));
      const isFresh = ours.some(({ lastModifiedMs }) => lastModifiedMs >= sinceMs);
      if (ours.length > 0) this.#folders.add(folder, isFresh ? ports.clock.elapsed() : null);
      found += await this.#offer(objects, 'sweep', sinceMs, signal);
      if (pauseMs > 0) await ports.clock.sleep(pauseMs, signal);
    }
    this.#tellPassedBy(doubtful);
    if (signal.aborted) return refused;
    ports.events.emit({ kind: 'sweep finished', listed, found, durationMs: ports.clock.now() - startMs });
    return refused;
  }

  /** Whether it may be no date that keeps us out of the folder; once for each of them. */
  #isDoubtful(prefix: string): boolean {
    if (this.#toldPassedBy.size >= PASSED_BY_TOLD_MAX || this.#toldPassedBy.has(prefix)) return false;
    if (!isMaybeNoMonth(prefix.slice(this.#prefix.length))) return false;
    this.#toldPassedBy.add(prefix);
    return true;
  }

  #tellPassedBy(prefixes: readonly string[]): void {
    const [prefix] = prefixes;
    if (prefix === undefined) return;
    const folders = prefixes.length;
    const { events } = this.#context.ports;
    events.emit({ kind: 'folders passed by', bucket: this.#bucket, prefix, folders, advice: PASSED_BY_ADVICE });
  }

  /** Gives back how many were found that nobody had found before. */
  async #offer(
    objects: readonly ObjectRef[],
    motion: ListMotion,
    sinceMs: number,
    signal: AbortSignal,
  ): Promise<number> {
    const offered = await this.#intake.offer(objects, { motion, sinceMs }, signal);
    return offered.filter(({ kind }) => kind === 'queued').length;
  }

  /** A folder marker or a foreign file must not make a folder active: head scans would list it for ever. */
  #isOurs(object: ObjectRef): boolean {
    return this.#intake.selection.selectByName(object, this.#context.ports.clock.now()).kind === 'task';
  }

  #scansOf(folder: string): FolderScans {
    const known = this.#scans.get(folder);
    if (known !== undefined) return known;
    const scans = new FolderScans({ overlapMs: HEAD_OVERLAP_MS });
    this.#scans.set(folder, scans);
    return scans;
  }

  /** Lists one page, however often that fails, but for a folder that is refused; null when the signal aborts. */
  async #list(
    request: Omit<ListRequest, 'bucket' | 'keysMax'>,
    motion: ListMotion,
    signal: AbortSignal,
  ): Promise<ListPage | 'refused' | null> {
    const { ports, listing } = this.#context;
    const place = { bucket: this.#bucket, prefix: request.prefix };
    if ((this.#refused.get(request.prefix) ?? -Infinity) > ports.clock.elapsed()) return 'refused';
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        const page = await ports.objects.list({ bucket: this.#bucket, keysMax: KEYS_PER_PAGE, ...request }, signal);
        listing.failingSources.delete(this.#sourceIndex);
        this.#allow(request.prefix);
        ports.events.emit({ kind: 'listed', ...place, motion, objects: page.objects.length });
        return page;
      } catch (error) {
        if (signal.aborted) return null;
        if (!(error instanceof StreamerError)) throw error;
        listing.failingSources.add(this.#sourceIndex);
        if (error.code === 'S3_ACCESS_DENIED' && (await this.#isRefusedAlone(request, failures, motion, signal))) {
          this.#refuse(request.prefix, error);
          return 'refused';
        }
        const delayMs = backoffMs(LIST_RETRY, failures, ports.random.next(), null);
        ports.events.emit({ kind: 'list failed', ...place, code: error.code, error: error.message, delayMs });
        await ports.clock.sleep(delayMs, signal);
      }
    }
    return null;
  }

  /** Whether it is this folder that is refused: a source that is refused as a whole is waited for. */
  async #isRefusedAlone(
    { prefix, delimiter }: Omit<ListRequest, 'bucket' | 'keysMax'>,
    failures: number,
    motion: ListMotion,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { ports, listing } = this.#context;
    const isFolder = delimiter !== null && prefix !== this.#prefix;
    if (!isFolder || (failures < REFUSED_FAILURES && !this.#refused.has(prefix))) return false;
    const source = { bucket: this.#bucket, prefix: this.#prefix };
    try {
      const request = { ...source, startAfter: null, continuationToken: null, delimiter, keysMax: 1 };
      const page = await ports.objects.list(request, signal);
      listing.failingSources.delete(this.#sourceIndex);
      ports.events.emit({ kind: 'listed', ...source, motion, objects: page.objects.length });
      return !signal.aborted;
    } catch (error) {
      if (!(error instanceof StreamerError)) throw error;
      return false;
    }
  }

  #refuse(prefix: string, { message }: StreamerError): void {
    const { ports, listing } = this.#context;
    this.#refused.set(prefix, ports.clock.elapsed() + REFUSED_REST_MS);
    listing.refusingSources.add(this.#sourceIndex);
    const place = { bucket: this.#bucket, prefix };
    ports.events.emit({ kind: 'folder refused', ...place, error: message, restMs: REFUSED_REST_MS });
  }

  #allow(prefix: string): void {
    this.#refused.delete(prefix);
    if (this.#refused.size === 0) this.#context.listing.refusingSources.delete(this.#sourceIndex);
  }

  /** What no sweep meets any more is gone, unless head scans ask for it. */
  #forgetRefusedBut(met: ReadonlySet<string>): void {
    for (const prefix of this.#refused.keys())
      if (!met.has(prefix) && !this.#scans.has(prefix.slice(this.#prefix.length))) this.#allow(prefix);
  }
}

/** What is left of an interval; never more than all of it, even where the clock was set back. */
function restOf(intervalMs: number, passedMs: number): number {
  return Math.min(intervalMs, Math.max(0, intervalMs - passedMs));
}
