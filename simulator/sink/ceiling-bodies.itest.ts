import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBodies } from './ceiling-bodies.ts';
import { buildTinyLoad, type TinyLoad } from './fixture-sink.ts';

let load: TinyLoad;
beforeAll(async () => {
  load = await buildTinyLoad();
});
afterAll(async () => load.remove());

describe('readBodies', () => {
  it('cuts large objects into whole lines, no body over the size, no more bodies than asked for', async () => {
    const bodies = await readBodies(load.load, 3, 10_000);
    expect(bodies).toHaveLength(3);
    for (const body of bodies) {
      expect(body.length).toBeLessThanOrEqual(10_000);
      expect(body.length).toBeGreaterThan(5_000);
      expect(body.toString()).toMatch(/^\{.*\}\n$/s);
    }
    expect(bodies[1]).not.toEqual(bodies[0]);
  });

  it('joins small objects', async () => {
    const [whole, ...others] = await readBodies(load.load, 3, 1_000_000);
    expect(others).toEqual([]);
    expect(whole?.length).toBe(load.load.manifest.objects.reduce((sum, object) => sum + object.deliveredBytes, 0));
  });
});
