import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPipeline } from '#streamer';
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
