/** The only door: what the harness may use of the streamer. */
export { openState } from './commands/open-state.ts';
export type { Config } from './config/config.ts';
export { nearest } from './config/nearest.ts';
export { parseConfig } from './config/parse.ts';
export { parseBytes, parseDurationMs } from './config/units.ts';
export { Claim } from './core/claim.ts';
export { behindZeros } from './core/gzip-member.ts';
export { NEAR_OVERLAP_MS, WHOLE_SCAN_EVERY_MS } from './core/folder-scans.ts';
export { KnownObjects } from './core/known-objects.ts';
export { type Range, coversRange, rangeBytes, subtractRanges, unionRanges } from './core/ranges.ts';
export { KEYS_PER_PAGE, SWEEP_PAUSE_MS } from './discovery.ts';
export { type ErrorCode, hasCode, StreamerError } from './errors.ts';
export type { StreamerEvent } from './events.ts';
export { openFileStateStore } from './io/file-state-store.ts';
export { inflateMemberSync, inflateWholeSync } from './io/node-inflate.ts';
export { RedisAdmin } from './io/redis/admin.ts';
export { decodeQuarantine, decodeShared, encodeWanted, sharedIdOf } from './io/redis/codec.ts';
export { createRedisConnection, type RedisConnection } from './io/redis/connection.ts';
export { type Journal, journalPathOf, RedisJournal } from './io/redis/journal.ts';
export { createScripts, type Script, type Scripts } from './io/redis/scripts.ts';
export { RedisState } from './io/redis/shared-state.ts';
export { type Remembered, piecesOf } from './io/remembered.ts';
export { hourOf, idOf } from './io/state-database.ts';
export { openStateReader } from './io/state-reader.ts';
export { createPipeline, type Pipeline } from './pipeline.ts';
export { HEAD_OVERLAP_MS } from './source-intake.ts';
export { OtlpReceiver } from './testing/otlp-receiver.ts';
export type {
  Clock,
  ClaimAnswer,
  ClaimedObject,
  Events,
  Fulfilment,
  HeldObject,
  Inflate,
  ListPage,
  ListRequest,
  ObjectBody,
  ObjectRecord,
  ObjectRef,
  ObjectStore,
  OfferAnswer,
  Ports,
  QuarantineRecord,
  RenewalAnswer,
  SharedObject,
  SharedWork,
  Sink,
  SinkAnswer,
  SinkRequest,
  StateChange,
  StateCommit,
  StateHead,
  StateStore,
  WantedObject,
} from './ports.ts';
