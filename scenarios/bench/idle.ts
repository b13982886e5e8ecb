/** `npm run bench -- idle`: what the streamer costs while there is little to do: its start, its idling, and the documented load. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError, readUsage } from '#simulator';
import { backlogPart, constantPart, defineScenario, loadOf } from '../define-scenario.ts';
import { describeMachine } from '../environment/machine.ts';
import type { RunOptions, Stage } from '../run/context.ts';
import { waitForLines } from '../run/settle.ts';
import { Streamer } from '../run/streamer.ts';
import { sumOf } from '../run/sum.ts';
import { placeParts, type PlacedPart, startUpload } from '../run/upload.ts';
import { onBenchStage } from './bench-stage.ts';
import { type JudgedBench, type JudgedFigure, whyBusy } from './judged-figures.ts';

/** What came with the start (compiling, the first sweep) is over by then. */
const settleS = 10;
/** Two scans of the shipped interval. */
const idleS = 30;
const loadS = 45;
const deadlineMs = 60_000;

export async function benchIdle(options: RunOptions): Promise<JudgedBench> {
  const scenario = defineScenario({
    name: 'bench-idle',
    why: 'What the streamer costs while there is little to do.',
    proves: 'Start, idle CPU, memory.',
    takesS: 120,
    load: loadOf('1x', [backlogPart('first', 1), constantPart('documented', 1, loadS)]),
    settings: [{ key: 'processing.delay_window', value: '0s', shipped: '60s', why: 'the first object is complete' }],
    expect: [],
  });
  return onBenchStage(scenario, options, async (stage) => {
    const invalid = whyBusy(stage.cores);
    const [first, documented] = placeParts(scenario.load).parts;
    if (first === undefined || documented === undefined) throw new RangeError('two parts');
    await (
      await startUpload(stage, first, Date.now())
    ).finished;
    const figures = await measureLife(stage, first, documented);
    return {
      title: 'The streamer with little to do, at its shipped intervals.',
      figures,
      invalid,
      machine: describeMachine(),
      s3: { kind: stage.s3.kind, version: stage.s3.version },
      seed: options.seed,
      replay: options.replay,
    };
  });
}

async function measureLife(stage: Stage, first: PlacedPart, documented: PlacedPart): Promise<readonly JudgedFigure[]> {
  const { bundle, folder, s3, redis, prefix, sink, scenario, processes, sampler, options } = stage;
  const spawnedMs = Date.now();
  const streamer = await Streamer.start(
    { bundle, folder, name: 'streamer', s3, redis, prefix, endpoints: sink.endpoints, settings: scenario.settings },
    processes,
    sampler,
  );
  await settled(stage, streamer, first.objects);
  const firstByteMs = (await sink.client.objects())[0]?.firstAckMs ?? Number.NaN;
  const startCpuS = usageOf(streamer).cpuS;
  options.progress.note('started; now it idles');
  await sleep(settleS * 1000);
  const before = usageOf(streamer);
  await sleep(idleS * 1000);
  const after = usageOf(streamer);
  options.progress.note('now the documented load');
  const upload = await startUpload(stage, documented, Date.now());
  await upload.finished;
  await settled(stage, streamer, first.objects + documented.objects);
  const loaded = usageOf(streamer);
  await streamer.stop();
  const loadedSeconds = (loaded.atMs - after.atMs) / 1000;
  return [
    {
      name: 'start to the first acknowledged line',
      actual: firstByteMs - spawnedMs,
      op: '<=',
      limit: 1000,
      unit: 'ms',
    },
    { name: 'CPU of the start', actual: startCpuS, op: '<=', limit: 1.5, unit: 's' },
    {
      name: `CPU while idle (${idleS} s)`,
      actual: ((after.cpuS - before.cpuS) / ((after.atMs - before.atMs) / 1000)) * 100,
      op: '<=',
      limit: 1,
      unit: '% of a core',
    },
    { name: 'memory while idle', actual: after.rssMB, op: '<=', limit: 120, unit: 'MB' },
    { name: 'memory after the documented load', actual: loaded.rssMB, op: '<=', limit: 120, unit: 'MB' },
    { name: 'highest memory', actual: loaded.rssMaxMB, op: '<=', limit: 147, unit: 'MB' },
    {
      name: `CPU at the documented load (${loadedSeconds.toFixed(0)} s)`,
      actual: ((loaded.cpuS - after.cpuS) / loadedSeconds) * 100,
      op: '<=',
      limit: 5,
      unit: '% of a core',
    },
  ];
}

async function settled(stage: Stage, streamer: Streamer, objects: number): Promise<void> {
  const lines = sumOf(stage.load.manifest.objects.slice(0, objects), (object) => object.lines);
  const untilMs = Date.now() + deadlineMs;
  const failure = (): string | null => streamer.unexpectedExit;
  if (!(await waitForLines(stage, { lines, text: 'streaming', deadlineMs: () => untilMs, failure })))
    throw new HarnessError('broken', `Not everything was delivered within ${deadlineMs / 1000} s.`);
}

function usageOf({ pid }: Streamer): NonNullable<ReturnType<typeof readUsage>> {
  const usage = readUsage(pid);
  if (usage === null) throw new HarnessError('broken', 'The streamer ended while it was measured.');
  return usage;
}
