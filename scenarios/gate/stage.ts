/** The stage of a gate's runs: one S3 with the backlog in it, one queue, one sink, one load, for base and head alike. */
import { join } from 'node:path';
import { type Processes, startQueue } from '#simulator';
import { backlogPart, defineScenario, loadOf } from '../define-scenario.ts';
import type { RunOptions } from '../run/context.ts';
import { finishGenerator, startGenerator } from '../run/generator.ts';
import { setStage } from '../run/stage.ts';
import type { Scenario } from '../scenario.ts';
import type { GateSize, GateStage } from './arm.ts';

/**
 * The backlog is of documented objects, 10 MB raw, for what a byte costs; the schedule is of small ones, 0.1 MB raw, for the p99 of a run
 * needs 300 of them. Of those that the queue tells of, only the middle is judged.
 */
const gateSize: GateSize = { backlogObjects: 40, liveObjects: 300, notifiedObjects: 100 };
const liveLinesPerObject = 65;

const { shape: documentedShape } = loadOf('max', []);

function scenarioOf({ backlogObjects, liveObjects, notifiedObjects }: GateSize): Scenario {
  const small = [backlogPart('live', liveObjects), backlogPart('notified', notifiedObjects)];
  return defineScenario({
    name: 'gate',
    why: 'Base and head of a change, side by side on the same load.',
    proves: 'That a change makes nothing worse.',
    takesS: 600,
    load: loadOf('max', [backlogPart('backlog', backlogObjects), ...small], {
      shape: {
        ...documentedShape,
        tail: { objects: liveObjects + notifiedObjects, linesPerObject: liveLinesPerObject },
      },
    }),
    expect: [],
  });
}

export async function setGateStage(
  options: RunOptions,
  folder: string,
  processes: Processes,
  size = gateSize,
): Promise<GateStage> {
  const stage = await setStage(scenarioOf(size), options, folder, processes);
  const upload = await startGenerator(processes, {
    name: 'backlog',
    s3: stage.s3,
    prefix: stage.prefix,
    load: stage.load.dir,
    from: 0,
    count: size.backlogObjects,
    arrival: { kind: 'backlog' },
    stampsMs: null,
    aheadMs: stage.time.aheadMs,
    damage: new Map(),
    startAtMs: Date.now(),
    seed: options.seed,
    record: join(folder, 'backlog.ndjson'),
  });
  await finishGenerator(upload);
  return { ...stage, queueUrl: await startQueue(processes, 'events') };
}
