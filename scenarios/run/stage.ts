/** Sets up what a run needs: bundle, load, S3, sink. Each of them says what is wrong when it cannot be had. */
import { availableParallelism } from 'node:os';
import {
  createAuthority,
  loadCacheDir,
  openLoad,
  prepareLoad,
  type Processes,
  type RedisService,
  startS3,
  startS3Proxy,
  startSinkProcess,
  UsageSampler,
} from '#simulator';
import { ensureBundle } from '../environment/bundle.ts';
import { redisWritePeak, redisWriteRate } from '../observe/redis-load.ts';
import type { Scenario } from '../scenario.ts';
import type { RunOptions, Stage } from './context.ts';
import { DisturbanceWatch } from './disturbance-watch.ts';
import { startNetwork } from './network.ts';
import { RedisWatch } from './redis-watch.ts';
import { meterRedis, startRedisFor } from './redis-stage.ts';
import { planTime } from './run-time.ts';
import { objectsOf } from './upload.ts';

const sampleMs = 250;
/** As in the documentation's example. */
const documentedPrefix = '_weblog/feedname=Threat Team - Web/';

export async function setStage(
  scenario: Scenario,
  options: RunOptions,
  folder: string,
  processes: Processes,
): Promise<Stage> {
  const { progress, signal } = options;
  const bundle = options.bundle ?? (await ensureBundle());
  signal.throwIfAborted();
  // First, because it is what is most often wrong, and the load may take a while.
  const s3 = await startS3(options.s3, processes, process.env);
  const redis = await startRedisFor(scenario, options.redis, processes);
  const redisWatch = watchRedis(scenario, redis, processes);
  const objects = objectsOf(scenario.load);
  const { dir, isFromCache } = await prepareLoad(
    {
      spec: { ...scenario.load.shape, objects },
      seed: options.seed,
      cacheDir: loadCacheDir(process.env),
      onProgress: (built) => progress.update(built.objects, built.objectsTotal, 'preparing the load'),
    },
    signal,
  );
  const load = await openLoad(dir);
  processes.onStop(async () => load.close());
  const { agentPlan } = scenario;
  const sink = await startSinkProcess(processes, 'sink', {
    agents: scenario.agents,
    loadDir: load.dir,
    seed: options.seed,
    authority: agentPlan.speaksTls ? createAuthority(processes.temporaryFolder('tls')) : null,
    takesMetrics: agentPlan.takesMetrics,
    auth: agentPlan.auth,
    path: agentPlan.path,
    splitsLines: agentPlan.splitsLines,
  });
  const time = planTime(scenario);
  const s3Proxy = needsS3Proxy(scenario)
    ? await startS3Proxy(processes, { target: s3.endpoint, seed: options.seed, aheadMs: time.aheadMs })
    : null;
  const network = await startNetwork(scenario, { s3, s3Proxy, redis, sink }, processes, options.seed);
  const sampler = new UsageSampler(sampleMs);
  processes.onStop(async () => sampler.stop());
  sampler.watch('sink', sink.child.pid);
  if (s3.pid !== null) sampler.watch('s3', s3.pid);
  const disturbance = new DisturbanceWatch();
  processes.onStop(async () => disturbance.stop());
  progress.note(
    `${objects} objects ${isFromCache ? 'taken from the cache' : 'prepared'}; S3: ${s3.kind} ${s3.version}; ${describeRedis(redis)}${scenario.agents} agents`,
  );
  return {
    scenario,
    options,
    folder,
    processes,
    sampler,
    disturbance,
    bundle,
    cores: availableParallelism(),
    time,
    load,
    s3,
    s3Proxy,
    network,
    redis,
    redisWatch,
    redisMeter: meterRedis(redis, processes),
    prefix: `${s3.prefix}${documentedPrefix}`,
    sink,
  };
}

function needsS3Proxy({ faults, clocks, countsS3Requests }: Scenario): boolean {
  return countsS3Requests || clocks?.moment != null || faults.some(({ action }) => action.kind === 's3');
}

function watchRedis(scenario: Scenario, redis: RedisService | null, processes: Processes): RedisWatch | null {
  const isAsked = scenario.observe.some(({ id }) => id === redisWriteRate.id || id === redisWritePeak.id);
  // Others' commands are counted in theirs.
  if (redis === null || redis.kind === 'url' || !isAsked) return null;
  const watch = new RedisWatch(redis.connection);
  processes.onStop(async () => watch.stop());
  return watch;
}

function describeRedis(redis: RedisService | null): string {
  return redis === null ? '' : `Redis: ${redis.kind} ${redis.version}; `;
}
