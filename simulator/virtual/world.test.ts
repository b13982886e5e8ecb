import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPipeline } from '#streamer';
import { rangeOfKind } from './content-kinds.ts';
import type { Fault } from './fault.ts';
import type { Invariant } from './invariants.ts';
import { verdictOfWorld } from './judge-world.ts';
import { type PlannedObject, umbrellaKey, type WorldPlan, zscalerKey } from './plan.ts';
import { planWorld } from './plan-world.ts';
import { readScenarioFile, writeScenarioFile } from './scenario-file.ts';
import { shrinkPlan } from './shrink.ts';
import { runWorld, type WorldResult } from './world.ts';

/** A streamer that takes every answer for a 2xx. */
const believesInDelivery: typeof createPipeline = (ports, config) => {
  const { sink } = ports;
  const post: typeof sink.post = async (request, signal) => {
    await sink.post(request, signal);
    return { kind: 'answered', status: 200, retryAfterMs: null, text: '', isBodyReleased: true };
  };
  return createPipeline({ ...ports, sink: { endpoints: sink.endpoints, post, close: () => sink.close() } }, config);
};

/** A streamer whose progress never reaches the disk, though it is told so. */
const savesNothing: typeof createPipeline = (ports, config) => {
  const { state } = ports;
  const forgetful = {
    readHead: () => state.readHead(),
    lookup: state.lookup.bind(state),
    readWanted: state.readWanted.bind(state),
    commit: async () => Promise.resolve(),
    close: () => state.close(),
  };
  return createPipeline({ ...ports, state: forgetful }, config);
};

/** A streamer that lingers after it has saved all, for longer than any stop may take. */
const stopsLate: typeof createPipeline = (ports, config) => {
  const pipeline = createPipeline(ports, config);
  return {
    ...pipeline,
    run: async (stop, kill) => {
      await pipeline.run(stop, kill);
      await ports.clock.sleep(30_000, new AbortController().signal);
    },
  };
};

/** As in seed 6687: the commit that is under way when a stop begins is slow, and so is the one that then saves all. */
function slowToSave(faults: readonly Fault[]): WorldPlan {
  const plan = planWorld(1);
  return { ...plan, settings: { ...plan.settings, saveIntervalMs: 5_000, shutdownGraceMs: 5_000 }, faults };
}

/** A streamer whose stop breaks off whatever is under way, and says that it was clean. */
const breaksOff: typeof createPipeline = (ports, config) => {
  const pipeline = createPipeline(ports, config);
  return { ...pipeline, run: async (stop, kill) => pipeline.run(stop, AbortSignal.any([stop, kill])) };
};

/** The first batch is refused once, so that it is taken apart. */
function refusedOnce(plan: WorldPlan, objects: readonly PlannedObject[], faults: readonly Fault[]): WorldPlan {
  const refused: Fault = { kind: 'post-fails', nth: 1, times: 1, status: 400, retryAfterMs: null, isStored: false };
  const settings = { ...plan.settings, delayWindowMs: 0 };
  const calm = { ...plan.calm, atMs: 0 };
  return { ...plan, settings, objects, requests: [], trickle: [], faults: [refused, ...faults], calm };
}

async function breachOf(plan: WorldPlan, broken: typeof createPipeline): Promise<Invariant | null> {
  const { violation } = await runWorld(plan, { isTraced: false, createPipeline: broken });
  return violation?.invariant ?? null;
}

describe('a virtual world', () => {
  it('runs the same way each time, byte for byte', async () => {
    const first = await runWorld(planWorld(7), { isTraced: true });
    const second = await runWorld(planWorld(7), { isTraced: true });
    expect(first.trace?.length).toBeGreaterThan(100_000);
    expect(second.trace === first.trace).toBe(true);
    expect(second).toEqual(first);
  });

  it('of three instances runs the same way each time, too', async () => {
    const first = await runWorld(planWorld(7, 'redis'), { isTraced: true });
    const second = await runWorld(planWorld(7, 'redis'), { isTraced: true });
    expect(first.trace?.length).toBeGreaterThan(100_000);
    expect(second.trace === first.trace).toBe(true);
    expect(second).toEqual(first);
  });

  it.each([1, 2, 3])('of three instances and seed %i is large enough, and every invariant holds', async (seed) => {
    const result = await runWorld(planWorld(seed, 'redis'), { isTraced: false });
    expect(verdictOfWorld(result)).toBe('held');
  });

  it('of three instances proves nothing when nothing happens to what they share', async () => {
    const plan = planWorld(1, 'redis');
    const faults = plan.faults.filter(({ kind }) => !kind.startsWith('redis') && kind !== 'pause');
    const result = await runWorld({ ...plan, faults }, { isTraced: false });
    expect(result.violation).toBeNull();
    expect(verdictOfWorld(result)).toBe('proves-nothing');
  });

  it('is another one with another seed', async () => {
    const seven = await runWorld(planWorld(7), { isTraced: true });
    const eight = await runWorld(planWorld(8), { isTraced: true });
    expect(seven.trace === eight.trace).toBe(false);
  });

  it.each([1, 2, 3])('of seed %i is large enough, enough goes wrong in it, and every invariant holds', async (seed) => {
    const result = await runWorld(planWorld(seed), { isTraced: false });
    expect(verdictOfWorld(result)).toBe('held');
  });

  it('proves nothing when nothing goes wrong in it', async () => {
    const result = await runWorld({ ...planWorld(1), faults: [] }, { isTraced: false });
    expect(result.violation).toBeNull();
    expect(verdictOfWorld(result)).toBe('proves-nothing');
  });

  it('notices a streamer that takes every answer for success', async () => {
    expect(await breachOf(planWorld(1), believesInDelivery)).toBe('settled-before-saved');
  });

  it('notices a streamer that saves nothing', async () => {
    expect(await breachOf(planWorld(1), savesNothing)).toBe('duplicates-bounded');
  });
});

describe('a slow commit', () => {
  const stop: Fault = { kind: 'stop', atMs: 12_000, downMs: 1_000 };

  // Seed 6687: a stop was given 10 s beside shutdown_grace, and a commit alone may take 20.
  it('is waited for by a stop, and so is the one after it', async () => {
    const slow: Fault = { kind: 'commit-slow', nth: 2, times: 2, forMs: 18_000 };
    const fails: Fault = { kind: 'commit-fails', nth: 2, times: 1, isApplied: true };
    const { violation, exercised } = await runWorld(slowToSave([slow, fails, stop]), { isTraced: false });
    expect(violation).toBeNull();
    expect(exercised).toContainEqual({ fault: slow, hits: 2 });
  });

  it('is no excuse for a stop that lingers when it has returned', async () => {
    const slow: Fault = { kind: 'commit-slow', nth: 2, times: 2, forMs: 18_000 };
    expect(await breachOf(slowToSave([slow, stop]), stopsLate)).toBe('every-wait-ends');
    expect(await breachOf(slowToSave([stop]), stopsLate)).toBe('every-wait-ends');
  });

  // The shrunk world of seed 6687: what the failed commit had saved was complete for the world, and the streamer still waited for the next one.
  it('is over before it is calm', async () => {
    const plan = slowToSave([
      { kind: 'commit-fails', nth: 2, times: 1, isApplied: true },
      { kind: 'commit-slow', nth: 3, times: 1, forMs: 18_000 },
    ]);
    const objects = plan.objects.slice(0, 1).map((object) => ({ ...object, visibleMs: plan.startMs }));
    const calm = { ...plan.calm, atMs: 0, objects: [] };
    const { violation, exercised } = await runWorld({ ...plan, objects, calm }, { isTraced: false });
    expect(violation).toBeNull();
    expect(exercised).toHaveLength(2);
  });
});

// Of its lines those in the first half are acknowledged, and their range is not known: it is settled as a whole, or not at all.
describe('a batch that is taken apart, and is not the bytes of its object', () => {
  const { startMs } = planWorld(1);
  const csv = (nth: number, afterMs: number): PlannedObject => ({
    ...{ source: 1, key: umbrellaKey(startMs, String(1_000 + nth)) },
    ...{ content: rangeOfKind('csv').firstId + nth, visibleMs: startMs + afterMs },
  });
  const outage: Fault = { kind: 'sink-outage', atMs: 1_000, forMs: 60_000, how: 'refuses' };

  /** One of the three instances has it: a world for each. */
  const withEach = async (faultsOf: (instance: number) => readonly Fault[], broken = createPipeline) => {
    const results: WorldResult[] = [];
    for (const instance of [0, 1, 2]) {
      const plan = refusedOnce(planWorld(1, 'redis'), [csv(0, 0)], [outage, ...faultsOf(instance)]);
      results.push(await runWorld(plan, { isTraced: false, createPipeline: broken }));
    }
    return results;
  };

  // Seed 2574: its instance slept beyond its lease meanwhile, and stopped before another had sent the batch.
  it('is given up with its claim, and no stop can save what was acknowledged of it', async () => {
    const results = await withEach((instance) => [
      { kind: 'pause', instance, atMs: 2_000, forMs: 20_000 },
      { kind: 'stop', instance, atMs: 25_000, downMs: 1_000 },
    ]);
    for (const { violation, exercised } of results) {
      expect(violation).toBeNull();
      expect(exercised).toHaveLength(4);
    }
    expect(results.map(({ repeatedLines }) => repeatedLines).filter((lines) => lines > 0)).toEqual([6]);
  });

  it('is given up with its parked object, and no stop can save what was acknowledged of it', async () => {
    const key = zscalerKey(startMs, 1);
    const dirty = { source: 0, key, content: rangeOfKind('dirty').firstId, visibleMs: startMs };
    const others = Array.from({ length: 30 }, (_, nth) => csv(nth, 2_000 + 500 * nth));
    // A user of the second half.
    const chokes: Fault = { kind: 'sink-chokes', atMs: 0, forMs: 120_000, user: 21 };
    const stop: Fault = { kind: 'stop', atMs: 25_000, downMs: 1_000 };
    const plan = refusedOnce(planWorld(1), [dirty, ...others], [chokes, stop]);
    const { violation, exercised, repeatedLines } = await runWorld(plan, { isTraced: false });
    expect(violation).toBeNull();
    expect(exercised).toHaveLength(3);
    expect(repeatedLines).toBe(5);
  });

  it('is finished by a stop where nothing of that has happened: one that breaks it off is noticed', async () => {
    const results = await withEach((instance) => [{ kind: 'stop', instance, atMs: 5_000, downMs: 1_000 }], breaksOff);
    const [violation, ...others] = results.flatMap((result) => result.violation ?? []);
    expect(violation?.invariant).toBe('clean-stop-saves');
    expect(violation?.detail).toContain('line 0 was acknowledged and is not durable');
    expect(others).toEqual([]);
  });
});

describe('a world that breaks an invariant', () => {
  it('is shrunk to the faults that matter, and can be kept as a file that breaks it again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 's3es-world-'));
    try {
      const plan = planWorld(1);
      const invariant = 'settled-before-saved';
      const breach = async (tried: WorldPlan): Promise<Invariant | null> => breachOf(tried, believesInDelivery);
      const smallest = await shrinkPlan(plan, { breach, invariant, attemptsMax: 300 });
      expect(smallest.faults).toHaveLength(1);
      expect(smallest.objects.length).toBeLessThan(5);
      const path = join(folder, 'a', 'world.json');
      writeScenarioFile(path, { invariant, detail: 'as a test', plan: smallest });
      expect(await breach(readScenarioFile(path).plan)).toBe(invariant);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
