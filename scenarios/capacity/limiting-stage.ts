/**
 * What holds a run back: how much of each stage's capacity it used, by its own measurements. The utilisation law says it: busy share = rate x
 * service time / servers. The stage that is used most is the one to widen first.
 *
 * The streamer's CPU time as a whole is no stage: the thread pool inflates on other cores. Its event loop is one thread, and more cores do not widen it.
 */
import type { Result, StageUse } from '#reports';

/** Below this no stage is called limiting: the run could have been held back by something that is not measured. */
const limitingShareMin = 0.7;

export function stagesOf(result: Result): readonly StageUse[] {
  const { resources, environment, streamer, throughput, waterfallMs, requests } = result;
  const { streamer: program, sink, s3, generator } = resources;
  const machineCores = [program, sink, s3, generator].flatMap(({ cpuCores }) => cpuCores ?? []);
  const usedCores = machineCores.reduce((sum, busy) => sum + busy, 0);
  const filesPerS = throughput.filesPerMin === null ? null : throughput.filesPerMin / 60;
  const postsPerS = requests.post === null || throughput.windowS === 0 ? null : requests.post / throughput.windowS;
  const parts = waterfallMs.avg;
  const readers = streamer.s3Workers * streamer.instances;
  const senders = streamer.httpWorkers * streamer.instances;
  return [
    use(
      'machine CPU',
      machineCores.length === 0 ? null : usedCores / environment.cores,
      () =>
        `${usedCores.toFixed(2)} of ${environment.cores} cores busy: streamer ${cores(program)}, sink ${cores(sink)}, S3 ${cores(s3)}, generator ${cores(generator)}`,
    ),
    use(
      'event loop',
      program.mainThreadCores === null ? null : program.mainThreadCores / streamer.instances,
      (share) =>
        `the streamer's main thread used ${percent(share)} of a core${streamer.instances === 1 ? '' : ' in each instance'}`,
    ),
    use('sink', sink.eventLoopUtilization, (share) => `its event loop was ${percent(share)} busy at most`),
    use(
      'POST concurrency',
      busyShare(postsPerS, parts?.acknowledgement, senders),
      () =>
        `${postsPerS?.toFixed(0)} POSTs a second, each ${parts?.acknowledgement.toFixed(1)} ms, over ${senders} http.workers`,
    ),
    use(
      'S3 read concurrency',
      busyShare(filesPerS, parts?.readAndInflate, readers),
      () =>
        `${filesPerS?.toFixed(1)} objects a second, each ${parts?.readAndInflate.toFixed(0)} ms to read and inflate, over ${readers} processing.worker_count`,
    ),
  ].filter((stage) => stage !== null);
}

/** Null when no stage was used so much that it can be called limiting. */
export function limitingStage(stages: readonly StageUse[]): StageUse | null {
  const [most] = stages.toSorted((a, b) => b.share - a.share);
  return most === undefined || most.share < limitingShareMin ? null : most;
}

function use(stage: StageUse['stage'], share: number | null, evidence: (share: number) => string): StageUse | null {
  return share === null ? null : { stage, share, evidence: evidence(share) };
}

function busyShare(ratePerS: number | null, serviceMs: number | undefined, servers: number): number | null {
  return ratePerS === null || serviceMs === undefined || servers === 0 ? null : (ratePerS * serviceMs) / 1000 / servers;
}

function cores({ cpuCores }: { readonly cpuCores: number | null }): string {
  return cpuCores === null ? 'unknown' : cpuCores.toFixed(2);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
