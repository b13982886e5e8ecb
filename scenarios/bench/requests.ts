/** `npm run bench -- requests`: what is asked of S3 at the documented load, beside the least that would do, with a day's objects settled in the window. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '#simulator';
import { constantPart, defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { describeMachine } from '../environment/machine.ts';
import type { RunOptions, Stage } from '../run/context.ts';
import { waitForLines } from '../run/settle.ts';
import { Streamer } from '../run/streamer.ts';
import { totalsOf } from '../run/streamers.ts';
import { expectedLines, expectedRawBytes, finishUpload, placeParts, startUpload } from '../run/upload.ts';
import { readUploads } from '../run/uploads.ts';
import type { Setting } from '../scenario.ts';
import { onBenchStage } from './bench-stage.ts';
import type { JudgedBench, JudgedFigure } from './judged-figures.ts';

export interface RequestsOptions extends RunOptions {
  /** Settled before. */
  readonly objects: number;
}

const linesPerDocumentedObject = 6500;
const scanIntervalS = 0.25;
const lookbackIntervalS = 20;
/** Whole sweeps; long enough for what is listed once at the start to be a small part of it. */
const loadS = 6.5 * lookbackIntervalS;
const keysPerList = 1000;
const windowS = 23 * 3600;
/** The newest of the settled objects are out of reach of head scans, as nearly all of a day's are. */
const headScanReachS = 180;
const overUnavoidableMax = 1.1;
const deadlineMsMax = 600_000;

const settings: readonly Setting[] = [
  ...promptSettings,
  {
    key: 'processing.lookback_interval',
    value: `${lookbackIntervalS}s`,
    shipped: '5m',
    why: 'several sweeps in a short run',
  },
];

export async function benchRequests(options: RequestsOptions): Promise<JudgedBench> {
  const live = constantPart('live', 1, loadS);
  const scenario = defineScenario({
    name: 'bench-requests',
    why: 'What is asked of S3 at the documented load.',
    proves: 'The cost in requests.',
    takesS: 300,
    load: loadOf(
      '1x',
      [
        {
          name: 'settled',
          objects: options.objects,
          arrival: { kind: 'backlog' },
          stampsS: { from: -windowS, to: -headScanReachS },
        },
        live,
      ],
      {
        shape: {
          kind: 'zscaler',
          linesPerObject: 1,
          linesSpread: 0,
          noise: 'clean',
          tail: { objects: live.objects, linesPerObject: linesPerDocumentedObject },
        },
      },
    ),
    settings,
    expect: [],
  });
  return onBenchStage(scenario, options, async (stage) => ({
    title: `Requests to S3 in ${loadS} s at 228 MB/min, ${options.objects} settled objects in the window; a scan every ${scanIntervalS * 1000} ms, a sweep every ${lookbackIntervalS} s.`,
    figures: await measureRequests(stage),
    invalid: [],
    machine: describeMachine(),
    s3: { kind: stage.s3.kind, version: stage.s3.version },
    seed: options.seed,
    replay: options.replay,
  }));
}

async function measureRequests(stage: Stage): Promise<readonly JudgedFigure[]> {
  const { bundle, folder, s3, redis, prefix, sink, processes, sampler } = stage;
  const [settled, live] = placeParts(stage.scenario.load).parts;
  if (settled === undefined || live === undefined) throw new RangeError('two parts');
  const { record } = await finishUpload(await startUpload(stage, settled, Date.now()));
  const options = { bundle, folder, name: 'streamer', s3, redis, prefix, endpoints: sink.endpoints, settings };
  const streamer = await Streamer.start(options, processes, sampler);
  await waitForObjects(stage, streamer, settled.objects);
  await streamer.stop();
  stage.options.progress.note(`${settled.objects} objects settled; now the documented load`);
  await streamer.restart();
  const before = requestsOf(streamer);
  const startedMs = Date.now();
  await finishUpload(await startUpload(stage, live, startedMs));
  await waitForObjects(stage, streamer, settled.objects + live.objects);
  await sleep(Math.max(0, startedMs + loadS * 1000 - Date.now()));
  const seconds = (Date.now() - streamer.log.startedMs) / 1000;
  await streamer.stop();
  const after = requestsOf(streamer);
  const folders = Map.groupBy(readUploads(record), ({ key }) => key.slice(0, key.lastIndexOf('/') + 1));
  const actual = { list: after.list - before.list, get: after.get - before.get };
  return figuresOf(actual, {
    get: live.objects,
    headScans: seconds / scanIntervalS,
    // The first begins with the program.
    sweeps: 1 + Math.floor(seconds / lookbackIntervalS),
    listsPerSweep: [...folders.values()].reduce((lists, { length }) => lists + Math.ceil(length / keysPerList), 0),
    rawGB: expectedRawBytes(stage, live.from, live.objects) / 1e9,
  });
}

interface Unavoidable {
  /** One for each object. */
  readonly get: number;
  /** One LIST of the active folder each. */
  readonly headScans: number;
  readonly sweeps: number;
  readonly listsPerSweep: number;
  readonly rawGB: number;
}

function figuresOf(
  actual: { readonly list: number; readonly get: number },
  { get, headScans, sweeps, listsPerSweep, rawGB }: Unavoidable,
): readonly JudgedFigure[] {
  const list = headScans + sweeps * listsPerSweep;
  const shown = (name: string, value: number, unit: string): JudgedFigure => ({
    name,
    actual: value,
    op: '>=',
    limit: 0,
    unit,
  });
  return [
    {
      name: 'requests over the unavoidable',
      actual: (actual.list + actual.get) / (list + get),
      op: '<=',
      limit: overUnavoidableMax,
      unit: '',
    },
    { name: 'GETs over one for each object', actual: actual.get / get, op: '<=', limit: 1, unit: '' },
    shown('LISTs', actual.list, ''),
    shown('LISTs that cannot be avoided', list, ''),
    shown('  of them for each of the sweeps', listsPerSweep, ''),
    shown('requests per GB', (actual.list + actual.get) / rawGB, ''),
  ];
}

/** Of all its processes so far; each tells at its end. */
function requestsOf(streamer: Streamer): { readonly list: number; readonly get: number } {
  streamer.log.update();
  const totals = totalsOf([streamer]);
  if (totals === null) throw new HarnessError('streamer', 'The streamer did not tell its requests when it ended.');
  return { list: totals.listRequests, get: totals.getRequests };
}

async function waitForObjects(stage: Stage, streamer: Streamer, objects: number): Promise<void> {
  const deadlineMs = Date.now() + deadlineMsMax;
  const lines = expectedLines(stage, 0, objects);
  const failure = (): HarnessError | null => streamer.unexpectedExit;
  if (!(await waitForLines(stage, { lines, text: 'streaming', deadlineMs: () => deadlineMs, failure })))
    throw new HarnessError('streamer', `${objects} objects were not delivered within ${deadlineMsMax / 1000} s.`);
}
