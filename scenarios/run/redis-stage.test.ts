import { describe, expect, it } from 'vitest';
import type { Processes } from '#simulator';
import { findScenario } from '../catalog.ts';
import { startRedisFor } from './redis-stage.ts';

const asUsual = { seed: 1, durationS: null, isFull: false };
/** Nothing is started here. */
const processes = {} as Processes;

describe('startRedisFor', () => {
  it('starts none where neither the scenario nor the user asks for one', async () => {
    expect(await startRedisFor(findScenario('streamer-crash', asUsual), null, processes)).toBeNull();
  });

  it('refuses to run a scenario of several instances without Redis', async () => {
    await expect(startRedisFor(findScenario('scale-out', asUsual), 'none', processes)).rejects.toThrow(
      'scale-out needs Redis: use --redis local, --redis container, or a URL.',
    );
  });

  it("does no harm to somebody else's Redis", async () => {
    const scenario = findScenario('redis-outage', asUsual);
    await expect(startRedisFor(scenario, 'redis://127.0.0.1:6379', processes)).rejects.toThrow(
      'redis-outage does harm to Redis, so it needs one of its own',
    );
  });
});
