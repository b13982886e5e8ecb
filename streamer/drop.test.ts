/** `http.on_full: drop`: the one way to lose a line, off by default. */
import { describe, expect, it } from 'vitest';
import { levelOf } from './events.ts';
import { answered } from './testing/fakes.ts';
import { allComplete, createWorld, expectDelivered, start, START_MS, write, writeMany } from './testing/world.ts';

const MINUTE_MS = 60_000;
const SMALL_BUFFER = { bufferBytes: 3000, bufferLines: 50, workers: 2 } as const;

describe('a full buffer', () => {
  it('with on_full: drop does not stop reading: what finds no room is settled, counted and named, and nothing else is lost', async () => {
    const world = createWorld();
    world.sink.onPost = () => (world.clock.now() < START_MS + 2 * MINUTE_MS ? answered(503) : null);
    const early = writeMany(world, 20);
    const streamer = start(world, { http: { ...SMALL_BUFFER, onFull: 'drop' } });
    await world.clock.runUntil(() => world.clock.now() > START_MS + 3 * MINUTE_MS);
    const late = writeMany(world, 5).map((one) => one);
    await world.clock.runUntil(allComplete(world, [...early, ...late]), MINUTE_MS);

    const dropped = streamer.events.of('lines dropped');
    const droppedLines = dropped.flatMap(({ object, range }) => {
      const { content } = early.find(({ ref }) => ref.key === object.key)!;
      return content.slice(range.start, range.end).split('\n').slice(0, -1);
    });
    expect(droppedLines.length).toBeGreaterThan(300);
    expect([...world.sink.lines, ...droppedLines].toSorted()).toEqual(
      [...early, ...late].flatMap(({ lines }) => lines).toSorted(),
    );
    await streamer.stop();
    expect(world.state.commits.at(-1)?.dropped).toEqual({ lines: droppedLines.length, batches: dropped.length });
    expect(dropped.map(levelOf).slice(0, 3)).toEqual(['error', 'warn', 'warn']);
    expect(world.state.quarantined).toEqual([]);
  });

  it('with on_full: drop loses nothing to endpoints that keep up, however far reading is ahead for a moment', async () => {
    const world = createWorld();
    world.sink.postMs = 50;
    const written = writeMany(world, 20);
    const streamer = start(world, { http: { ...SMALL_BUFFER, onFull: 'drop' } });
    await world.clock.runUntil(allComplete(world, written), MINUTE_MS);
    expectDelivered(world, written);
    expect(streamer.events.of('lines dropped')).toEqual([]);
    await streamer.stop();
    expect(world.state.commits.at(-1)).not.toHaveProperty('dropped');
  });

  it('blocks by default, for as long as it takes', async () => {
    const world = createWorld();
    world.sink.onPost = () => (world.clock.now() < START_MS + 10 * MINUTE_MS ? answered(503) : null);
    const written = [...writeMany(world, 20), write(world, { sequence: 100 })];
    const streamer = start(world, { http: SMALL_BUFFER });
    await world.clock.runUntil(allComplete(world, written), 20 * MINUTE_MS);
    expectDelivered(world, written);
    expect(streamer.events.of('lines dropped')).toEqual([]);
    await streamer.stop();
  });
});
