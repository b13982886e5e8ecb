/** The only door to the simulator. */
export { type Child, readReadyLine } from './process/child.ts';
export { isDockerAnswering } from './process/docker.ts';
export { findOnPath } from './process/executable.ts';
export { ProcessClock } from './clock/process-clock.ts';
export { freePort, isPortTaken } from './process/free-port.ts';
export { errorCode, HarnessError, messageOf } from './process/errors.ts';
export { LogTail } from './process/log-tail.ts';
export { Processes } from './process/processes.ts';
export { removeFolder } from './process/remove-folder.ts';
export { generatorScript } from './generator/script.ts';
export { type ProcessUsage, readThreadCpuS, readUsage, type ThreadRole } from './process/usage.ts';
export { type RoleUsage, UsageSampler } from './process/usage-sampler.ts';
export { onStopSignals } from './process/stop-signals.ts';
export { connectRedis } from './redis/connect.ts';
export type { RedisConnection, RedisServer, RedisService, RedisTopology } from './redis/service.ts';
export { waitUntilMaster } from './redis/probe.ts';
export { isRedisAvailable, startRedis } from './redis/start.ts';
export { isMinioAvailable } from './s3/minio.ts';
export { findMinioBinary } from './s3/minio-binary.ts';
export { deleteObjects } from './s3/bucket.ts';
export type { S3Service } from './s3/service.ts';
export { startS3 } from './s3/start.ts';
export { startQueue } from './sqs/start.ts';
export { createRandom, type SeededRandom } from './random.ts';
export { type LineTable, type Load, openLoad } from './load/manifest.ts';
export {
  DAMAGE_KINDS,
  damageBody,
  type DamageKind,
  type DamagePlace,
  damagePlace,
  goodLines,
  QUARANTINE_REASON,
  REFUSED_WORDS,
} from './load/damage.ts';
export { documentedSpec, type LoadSpec } from './load/spec.ts';
export type { S3FaultInput as S3Fault } from './s3-proxy/faults.ts';
export { type S3ProxyProcess, startS3Proxy } from './s3-proxy/proxy-process.ts';
export type { FaultInput as SinkFault } from './sink/faults.ts';
export type { Link as NetworkLink, NetworkFaultInput as NetworkFault } from './tcp-proxy/faults.ts';
export { startTcpProxy, type TcpProxyProcess } from './tcp-proxy/proxy-process.ts';
export { loadCacheDir, prepareLoad } from './load/cache.ts';
export { Ledger, type LedgerVerdict } from './ledger/ledger.ts';
export { memoryBody, plainMemoryLoad } from './ledger/memory-load.ts';
export type { SinkAuth } from './sink/admission.ts';
export type { Stats as SinkStats } from './sink/api.ts';
export { measureSinkCeiling } from './sink/ceiling.ts';
export type { SinkClient } from './sink/client.ts';
export { type SinkProcess, startSinkProcess } from './sink/sink-process.ts';
export type { Pause, TimelineSecond } from './sink/timeline.ts';
export { type Authority, createAuthority } from './tls/authority.ts';
export { clientOptions } from './s3/service.ts';
export { RECORD_KINDS } from './records/record-kinds.ts';
export type { FleetFault, FleetPlan, ServiceTimes } from './fleet/plan.ts';
export { type FleetRun, recoveryS } from './fleet/fleet-run.ts';
export { simulateFleet } from './fleet/run-fleet.ts';
export { type FaultKind, faultKindsOf } from './virtual/fault.ts';
export { type Invariant, INVARIANTS, type Violation } from './virtual/invariants.ts';
export { countKinds, verdictOfWorld } from './virtual/judge-world.ts';
export { type MadeWorld, isMadeWorld, madeWorld, madeWorldNames } from './virtual/made-worlds.ts';
export type { WorldPlan } from './virtual/plan.ts';
export { planWorld } from './virtual/plan-world.ts';
export type { SharingCounts } from './virtual/sharing-watch.ts';
export { readScenarioFile, writeScenarioFile } from './virtual/scenario-file.ts';
export { runSeeds } from './virtual/seed-runner.ts';
export { shrinkPlan } from './virtual/shrink.ts';
export { runWorld, type WorldResult } from './virtual/world.ts';
export { WORLD_KINDS, type WorldKind } from './virtual/world-kind.ts';
export type { HuntResult } from './virtual/hunt-main.ts';
export { huntScript } from './virtual/hunt-script.ts';
