import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPipeline } from '#streamer';
import type { Fault } from './fault.ts';
import type { Invariant } from './invariants.ts';
import { verdictOfWorld } from './judge-world.ts';
import type { WorldPlan } from './plan.ts';
import { planWorld } from './plan-world.ts';
import { readScenarioFile, writeScenarioFile } from './scenario-file.ts';
import { shrinkPlan } from './shrink.ts';
import { runWorld } from './world.ts';

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
