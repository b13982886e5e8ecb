/** All mutants, those of the documented faults first. Each is a file of its own: a new one is a new file and a line here. */
import type { Mutant } from './mutant.ts';
import { mutant as ackBeforeDelivery } from './streamers/ack-before-delivery.ts';
import { mutant as anyFailureIsDamage } from './streamers/any-failure-is-damage.ts';
import { mutant as clockDelaysObjects } from './streamers/clock-delays-objects.ts';
import { mutant as clockPausesEndpoints } from './streamers/clock-pauses-endpoints.ts';
import { mutant as clockSeenByReadersAlone } from './streamers/clock-seen-by-readers-alone.ts';
import { mutant as completeBeforeLastBatch } from './streamers/complete-before-last-batch.ts';
import { mutant as completionWithoutToken } from './streamers/completion-without-token.ts';
import { mutant as connectionForEachPost } from './streamers/connection-for-each-post.ts';
import { mutant as countsWhatFailed } from './streamers/counts-what-failed.ts';
import { mutant as credentialsCondemn } from './streamers/credentials-condemn.ts';
import { mutant as credentialsNotSent } from './streamers/credentials-not-sent.ts';
import { mutant as doneWhenQueued } from './streamers/done-when-queued.ts';
import { mutant as doubleSend } from './streamers/double-send.ts';
import { mutant as emptyIsFirstStart } from './streamers/empty-is-first-start.ts';
import { mutant as estimateOfTheSample } from './streamers/estimate-of-the-sample.ts';
import { mutant as failedCommitForgotten } from './streamers/failed-commit-forgotten.ts';
import { mutant as fixedEndpoint } from './streamers/fixed-endpoint.ts';
import { mutant as flushSkipsBatch } from './streamers/flush-skips-batch.ts';
import { mutant as foreignKeyMovesCursor } from './streamers/foreign-key-moves-cursor.ts';
import { mutant as fullQueueForgets } from './streamers/full-queue-forgets.ts';
import { mutant as handshakeWithoutLimit } from './streamers/handshake-without-limit.ts';
import { mutant as lateFolderNotEntered } from './streamers/late-folder-not-entered.ts';
import { mutant as lateRenewalCounts } from './streamers/late-renewal-counts.ts';
import { mutant as leaseByWallClock } from './streamers/lease-by-wall-clock.ts';
import { mutant as leaseKeptAtStop } from './streamers/lease-kept-at-stop.ts';
import { mutant as leaseNeverEnds } from './streamers/lease-never-ends.ts';
import { mutant as leaseShorterInRedis } from './streamers/lease-shorter-in-redis.ts';
import { mutant as longLineFailsObject } from './streamers/long-line-fails-object.ts';
import { mutant as lostIsLeftToOthers } from './streamers/lost-is-left-to-others.ts';
import { mutant as lostTail } from './streamers/lost-tail.ts';
import { mutant as memoryGivenBackEarly } from './streamers/memory-given-back-early.ts';
import { mutant as nameIsWholeKey } from './streamers/name-is-whole-key.ts';
import { mutant as neverComplete } from './streamers/never-complete.ts';
import { mutant as neverCompresses } from './streamers/never-compresses.ts';
import { mutant as noBackPressure } from './streamers/no-back-pressure.ts';
import { mutant as noBackfill } from './streamers/no-backfill.ts';
import { mutant as noFencing } from './streamers/no-fencing.ts';
import { mutant as noRetry } from './streamers/no-retry.ts';
import { mutant as noSweeps } from './streamers/no-sweeps.ts';
import { mutant as oneLineTooMany } from './streamers/one-line-too-many.ts';
import { mutant as opensEverything } from './streamers/opens-everything.ts';
import { mutant as outageCondemns } from './streamers/outage-condemns.ts';
import { mutant as paddedDays } from './streamers/padded-days.ts';
import { mutant as plainSet } from './streamers/plain-set.ts';
import { mutant as poisonStopsTheRest } from './streamers/poison-stops-the-rest.ts';
import { mutant as privateWhileAway } from './streamers/private-while-away.ts';
import { mutant as progressWithoutClaim } from './streamers/progress-without-claim.ts';
import { mutant as proofFromBefore } from './streamers/proof-from-before.ts';
import { mutant as rangesNotMerged } from './streamers/ranges-not-merged.ts';
import { mutant as refusalCondemnsAll } from './streamers/refusal-condemns-all.ts';
import { mutant as refusedBatchDropped } from './streamers/refused-batch-dropped.ts';
import { mutant as refusedBatchHoldsWorker } from './streamers/refused-batch-holds-worker.ts';
import { mutant as refusedNamesWrongLine } from './streamers/refused-names-wrong-line.ts';
import { mutant as refusedObjectDropped } from './streamers/refused-object-dropped.ts';
import { mutant as renewsWithoutHolding } from './streamers/renews-without-holding.ts';
import { mutant as replicaNotTold } from './streamers/replica-not-told.ts';
import { mutant as resumeFromTheStart } from './streamers/resume-from-the-start.ts';
import { mutant as retryAfterIgnored } from './streamers/retry-after-ignored.ts';
import { mutant as salvageIsDropped } from './streamers/salvage-is-dropped.ts';
import { mutant as serialReading } from './streamers/serial-reading.ts';
import { mutant as silentDrop } from './streamers/silent-drop.ts';
import { mutant as slowerWithEachObject } from './streamers/slower-with-each-object.ts';
import { mutant as staleLookUp } from './streamers/stale-look-up.ts';
import { mutant as startAfterLastKey } from './streamers/start-after-last-key.ts';
import { mutant as stopBreaksOff } from './streamers/stop-breaks-off.ts';
import { mutant as stopWithoutSaving } from './streamers/stop-without-saving.ts';
import { mutant as tellingUnnumbered } from './streamers/telling-unnumbered.ts';
import { mutant as throttledIsGone } from './streamers/throttled-is-gone.ts';
import { mutant as tinyObjectsAlone } from './streamers/tiny-objects-alone.ts';
import { mutant as toldOnce } from './streamers/told-once.ts';
import { mutant as turnForgotten } from './streamers/turn-forgotten.ts';
import { mutant as unboundedMemory } from './streamers/unbounded-memory.ts';
import { mutant as versionMixedUp } from './streamers/version-mixed-up.ts';
import { mutant as waitsForFileTime } from './streamers/waits-for-file-time.ts';
import { mutant as watermarkIsMaximum } from './streamers/watermark-is-maximum.ts';
import { mutant as wholeObjectInMemory } from './streamers/whole-object-in-memory.ts';
import { mutant as windowMovesPast } from './streamers/window-moves-past.ts';

export const MUTANTS: readonly Mutant[] = [
  noRetry,
  doneWhenQueued,
  silentDrop,
  startAfterLastKey,
  watermarkIsMaximum,
  stopBreaksOff,
  fullQueueForgets,
  longLineFailsObject,
  fixedEndpoint,
  nameIsWholeKey,
  noBackfill,
  ackBeforeDelivery,
  lostTail,
  unboundedMemory,
  doubleSend,
  completeBeforeLastBatch,
  rangesNotMerged,
  flushSkipsBatch,
  poisonStopsTheRest,
  refusedBatchDropped,
  refusalCondemnsAll,
  failedCommitForgotten,
  stopWithoutSaving,
  resumeFromTheStart,
  memoryGivenBackEarly,
  noSweeps,
  paddedDays,
  versionMixedUp,
  anyFailureIsDamage,
  salvageIsDropped,
  windowMovesPast,
  foreignKeyMovesCursor,
  refusedBatchHoldsWorker,
  staleLookUp,
  lateFolderNotEntered,
  clockPausesEndpoints,
  clockDelaysObjects,
  clockSeenByReadersAlone,
  proofFromBefore,
  turnForgotten,
  noFencing,
  plainSet,
  privateWhileAway,
  emptyIsFirstStart,
  completionWithoutToken,
  progressWithoutClaim,
  leaseNeverEnds,
  leaseByWallClock,
  leaseShorterInRedis,
  lostIsLeftToOthers,
  replicaNotTold,
  tellingUnnumbered,
  lateRenewalCounts,
  renewsWithoutHolding,
  toldOnce,
];

/**
 * What they break is pace, memory of the process, connections, counters, and what an operator is told, of which no invariant of the virtual world speaks, or what a
 * scenario once passed over: scenarios on real parts kill them (`npm run scenario -- NAME --mutant MUTANT`; docs/verification.md names who kills whom).
 */
export const REAL_MUTANTS: readonly Mutant[] = [
  serialReading,
  retryAfterIgnored,
  throttledIsGone,
  outageCondemns,
  noBackPressure,
  wholeObjectInMemory,
  waitsForFileTime,
  connectionForEachPost,
  countsWhatFailed,
  neverComplete,
  leaseKeptAtStop,
  refusedNamesWrongLine,
  tinyObjectsAlone,
  estimateOfTheSample,
  slowerWithEachObject,
  credentialsCondemn,
  neverCompresses,
  oneLineTooMany,
  credentialsNotSent,
  handshakeWithoutLimit,
  opensEverything,
  refusedObjectDropped,
];
