/** `npm run bench -- idle`: what the streamer costs while there is little to do: its start, its idling, and the documented load. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError, readUsage } from '#simulator';
import { backlogPart, constantPart, defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { describeMachine } from '../environment/machine.ts';
import type { RunOptions, Stage } from '../run/context.ts';
import { waitForLines } from '../run/settle.ts';
import { Streamer } from '../run/streamer.ts';
import { sumOf } from '../run/sum.ts';
import { placeParts, type PlacedPart, startUpload } from '../run/upload.ts';
import type { Setting } from '../scenario.ts';
import { onBenchStage } from './bench-stage.ts';
import { type JudgedBench, type JudgedFigure, whyBusy } from './judged-figures.ts';

/** What came with the start (compiling, the first sweep) is over by then. */
const settleS = 10;
/** Two scans of the shipped interval. */
const idleS = 30;
const loadS = 45;
/** Idle buffers are given back by then. */
const quietS = 3;
const deadlineMs = 60_000;

const shippedInterval = promptSettings.filter(({ key }) => key === 'processing.delay_window');

type Usage = NonNullable<ReturnType<typeof readUsage>>;

export async function benchIdle(options: RunOptions): Promise<JudgedBench> {
  const scenario = defineScenario({
    name: 'bench-idle',
    why: 'What the streamer costs while there is little to do.',
    proves: 'Start, idle CPU, memory.',
    takesS: 120,
    load: loadOf('1x', [backlogPart('first', 1), constantPart('documented', 1, loadS)]),
    expect: [],
  });
  return onBenchStage(scenario, options, async (stage) => {
    const invalid = whyBusy(stage.cores);
    const [first, documented] = placeParts(scenario.load).parts;
    if (first === undefined || documented === undefined) throw new RangeError('two parts');
    await (
      await startUpload(stage, first, Date.now())
    ).finished;
    const figures = [...(await measureIdling(stage, first)), ...(await measureDocumentedLoad(stage, documented))];
    return {
      title: 'The streamer with little to do: idle at the shipped scan interval, then 228 MB/min at one of 250 ms.',
      figures,
      invalid,
      machine: describeMachine(),
      s3: { kind: stage.s3.kind, version: stage.s3.version },
      seed: options.seed,
      replay: options.replay,
    };
  });
}

async function measureIdling(stage: Stage, first: PlacedPart): Promise<readonly JudgedFigure[]> {
  const spawnedMs = Date.now();
  const streamer = await startStreamer(stage, 'idle', shippedInterval);
  await settled(stage, streamer, first.objects);
  const firstAckMs = (await stage.sink.client.objects())[0]?.firstAckMs ?? Number.NaN;
  const startCpuS = usageOf(streamer).cpuS;
  stage.options.progress.note('started; now it idles');
  await sleep(settleS * 1000);
  const before = usageOf(streamer);
  await sleep(idleS * 1000);
  const after = usageOf(streamer);
  await streamer.stop();
  const cpuShare = shareOfCore(before, after);
  return [
    { name: 'start to the first acknowledged line', actual: firstAckMs - spawnedMs, op: '<=', limit: 1000, unit: 'ms' },
    { name: 'CPU of the start', actual: startCpuS, op: '<=', limit: 1.5, unit: 's' },
    { name: `CPU while idle, scan every 15 s (${idleS} s)`, actual: cpuShare, op: '<=', limit: 1, unit: '% of a core' },
    { name: 'memory while idle', actual: after.rssMB, op: '<=', limit: 120, unit: 'MB' },
  ];
}

async function measureDocumentedLoad(stage: Stage, documented: PlacedPart): Promise<readonly JudgedFigure[]> {
  const streamer = await startStreamer(stage, 'loaded', promptSettings);
  await sleep(settleS * 1000);
  const before = usageOf(streamer);
  stage.options.progress.note('now the documented load');
  const upload = await startUpload(stage, documented, Date.now());
  await upload.finished;
  await settled(stage, streamer, stage.load.manifest.objects.length);
  const after = usageOf(streamer);
  await sleep(quietS * 1000);
  const quiet = usageOf(streamer);
  await streamer.stop();
  const cpuShare = shareOfCore(before, after);
  return [
    { name: 'memory at the documented load, highest', actual: after.rssMaxMB, op: '<=', limit: 147, unit: 'MB' },
    { name: 'memory after it', actual: quiet.rssMB, op: '<=', limit: 120, unit: 'MB' },
    { name: `CPU at the documented load (${loadS} s)`, actual: cpuShare, op: '<=', limit: 10, unit: '% of a core' },
  ];
}

async function startStreamer(stage: Stage, name: string, settings: readonly Setting[]): Promise<Streamer> {
  const { bundle, folder, s3, redis, prefix, sink, processes, sampler } = stage;
  const options = { bundle, folder, name, s3, redis, prefix, endpoints: sink.endpoints, settings };
  return Streamer.start(options, processes, sampler);
}

function shareOfCore(before: Usage, after: Usage): number {
  return ((after.cpuS - before.cpuS) / ((after.atMs - before.atMs) / 1000)) * 100;
}

async function settled(stage: Stage, streamer: Streamer, objects: number): Promise<void> {
  const lines = sumOf(stage.load.manifest.objects.slice(0, objects), (object) => object.lines);
  const untilMs = Date.now() + deadlineMs;
  const failure = (): HarnessError | null => streamer.unexpectedExit;
  if (!(await waitForLines(stage, { lines, text: 'streaming', deadlineMs: () => untilMs, failure })))
    throw new HarnessError('streamer', `Not everything was delivered within ${deadlineMs / 1000} s.`);
}

function usageOf({ pid }: Streamer): Usage {
  const usage = readUsage(pid);
  if (usage === null) throw new HarnessError('streamer', 'The streamer ended while it was measured.');
  return usage;
}
