/** What a fault needs to know of the run, and what must be known of it afterwards. */
import type { Streamer } from './streamer.ts';

export interface FaultRecord {
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** What it did lasts to the end of the run, whatever `toMs`, when its own work was done. */
  readonly isForGood: boolean;
  /** How often it met something: a fault that strikes nothing proves nothing. */
  readonly strikes: number;
  /** The most duplicates that it may cause. What the sink stored without an acknowledgement is counted apart. */
  readonly duplicateBound: number;
  /** Of the lines that the sink stored without an acknowledgement, those that the bound above holds already. */
  readonly unacknowledgedInBound: number;
  /** The streamer that fell silent, with the keys of what it had in hand; null where it was none, or all. */
  readonly victim: { readonly name: string; readonly inHand: readonly string[] } | null;
  /** When it made a streamer let go of what it had in hand: others, or its next process, may have to read that again. */
  readonly lettingGo: readonly { readonly name: string; readonly atMs: number }[];
  /** Streamers that it kept from what they cannot do without. */
  readonly cutOff: readonly string[];
  /** Streamers that joined. */
  readonly joined: number;
  /** Nobody could write to Redis while it lasted. */
  readonly isRedisAway: boolean;
}

/** A fault that is over now, with what is not usual about it. */
export function faultOver(what: Pick<FaultRecord, 'label' | 'fromMs' | 'strikes'> & Partial<FaultRecord>): FaultRecord {
  return {
    toMs: Date.now(),
    isForGood: false,
    duplicateBound: 0,
    unacknowledgedInBound: 0,
    victim: null,
    lettingGo: [],
    cutOff: [],
    joined: 0,
    isRedisAway: false,
    ...what,
  };
}

export interface FaultTarget {
  readonly streamers: readonly Streamer[];
  /** Of everything that is uploaded. */
  readonly lines: number;
  readonly windowStartMs: number;
  /** The generators' records of uploads. */
  readonly uploadRecords: readonly string[];
  /** The next of those that were not started with the run. */
  readonly startStreamer: () => Promise<Streamer>;
}
