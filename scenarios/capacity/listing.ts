/**
 * What discovery lists: head scans of the newest keys, and look-back sweeps of whole folders. Averages over the day, for folders that are named after
 * their date and keys in the order of time, as documented. Pure.
 */
import { HEAD_OVERLAP_MS, KEYS_PER_PAGE, NEAR_OVERLAP_MS, SWEEP_PAUSE_MS, WHOLE_SCAN_EVERY_MS } from '#streamer';

export interface ListedLoad {
  readonly objectsPerS: number;
  /** Written to at the same time. */
  readonly activeFolders: number;
  /** What one folder holds: a day, as documented, or an hour. Seconds. */
  readonly folderSpanS: number;
}

export const secondsPerDay = 86_400;

/** A sweep asks for the prefix, the year and the month, too, to find the days in them; those of folders by the hour are one or two more. */
const foldersAbove = 3;

/** LISTs a second. What is a little older than the newest key is listed again; where that is more than a page, only now and then. */
export function scanListsPerS({ objectsPerS, activeFolders }: ListedLoad, scanIntervalS: number): number {
  const pagesOf = (overlapMs: number): number => {
    const keys = (objectsPerS / activeFolders) * (overlapMs / 1000 + scanIntervalS);
    return Math.max(1, Math.ceil(keys / KEYS_PER_PAGE));
  };
  const wholePages = pagesOf(HEAD_OVERLAP_MS);
  const scansPerS = 1 / scanIntervalS;
  const wholeScansPerS = wholePages === 1 ? scansPerS : Math.min(scansPerS, 1000 / WHOLE_SCAN_EVERY_MS);
  const nearScansPerS = scansPerS - wholeScansPerS;
  return activeFolders * (wholeScansPerS * wholePages + nearScansPerS * pagesOf(NEAR_OVERLAP_MS));
}

export interface SweepPace {
  /** `processing.lookback` */
  readonly lookbackS: number;
  /** `processing.lookback_interval` */
  readonly intervalS: number;
  /** Of a LIST of a full page. */
  readonly listMs: number;
}

export interface Sweep {
  /** LISTs of one sweep. */
  readonly pages: number;
  /** One after the other with a pause behind each: at least so long. */
  readonly tookS: number;
  /** From the begin of one to that of the next. */
  readonly everyS: number;
  /** As configured. */
  readonly intervalS: number;
}

/**
 * A sweep lists each folder whose date touches the look-back window, from its first key on: on average as many whole ones as the window holds, and the
 * present one, half full. With folders of a day and a window of 24 h that is a day and a half. One that takes longer than its interval is followed by
 * the next at once.
 */
export function sweepOf(load: ListedLoad, { lookbackS, intervalS, listMs }: SweepPace): Sweep {
  const { objectsPerS, activeFolders, folderSpanS } = load;
  const pagesOf = (heldS: number): number =>
    Math.max(1, Math.ceil(((objectsPerS / activeFolders) * heldS) / KEYS_PER_PAGE));
  const pagesEach = (lookbackS / folderSpanS) * pagesOf(folderSpanS) + pagesOf(folderSpanS / 2);
  const pages = Math.ceil(activeFolders * pagesEach) + foldersAbove;
  const tookS = (pages * (listMs + SWEEP_PAUSE_MS)) / 1000;
  return { pages, tookS, everyS: Math.max(intervalS, tookS), intervalS };
}

/** A warning where sweeps cannot keep up; null where they can. */
export function describeSlowSweep({ pages, tookS, intervalS }: Sweep): string | null {
  if (tookS <= intervalS) return null;
  const minutes = (seconds: number): string => `${Number((seconds / 60).toPrecision(2))} min`;
  return `Look-back sweeps cannot keep up: ${pages} LISTs one after the other take ${minutes(tookS)} at least, and one is to begin every ${minutes(intervalS)}. What comes late may wait that long: shorten processing.lookback, name folders by the hour, or spread the objects over sources.`;
}
