/** Somebody who sees what the scripts decide, as they do it. */
import type { Range } from '#streamer';

/** Why a claim has ended: `expired`: its session did not renew; `not-held`: its session renewed and did not name it. */
export type ReleaseReason = 'expired' | 'left' | 'not-held' | 'dismissed' | 'complete';

export interface RedisWatch {
  /** The session's lease ends then, unless it is renewed. */
  leased(session: string, untilMs: number): void;
  /** `shared`: what is told of the object, as text. */
  granted(id: string, token: string, shared: string): void;
  released(id: string, token: string, reason: ReleaseReason): void;
  /** Ranges were added to what is known as settled. */
  settled(id: string, ranges: readonly Range[]): void;
  /** Somebody asked for all of the object again, or nobody does any more, so that what was known of its ranges is no more; `partial`: that, as text. */
  dropped(id: string, partial: string, wantedSeq: number): void;
  /** `token`: null for none. `isRemembered`: from somebody's journal. */
  completed(id: string, token: string | null, isRemembered: boolean): void;
  /** Its completion was not taken, as the claim was not valid any more. `number`: of that commit. */
  refused(id: string, session: string, number: number): void;
  /** From the journal of that session, which may be '': it is complete. */
  told(id: string, session: string): void;
  /** A record, as text. */
  quarantined(record: string): void;
  fulfilled(wantedSeq: number): void;
}

const ignore = (): void => undefined;

export const NO_WATCH: RedisWatch = {
  leased: ignore,
  granted: ignore,
  released: ignore,
  settled: ignore,
  dropped: ignore,
  completed: ignore,
  refused: ignore,
  told: ignore,
  quarantined: ignore,
  fulfilled: ignore,
};
