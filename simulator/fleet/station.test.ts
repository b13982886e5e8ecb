import { describe, expect, it } from 'vitest';
import { Machine } from './machine.ts';
import { Station } from './station.ts';

describe('a station', () => {
  it('serves as many at a time as it has servers, first come, first served', () => {
    const station = new Station(2);
    expect([0, 0, 0, 1].map((atMs) => station.take(atMs, 10))).toEqual([10, 10, 20, 20]);
    expect(station.take(100, 5)).toBe(105);
    expect(station.busyMs).toBe(45);
  });
});

describe('a machine', () => {
  it('lets an event loop do one thing at a time, however many cores are free', () => {
    const machine = new Machine(4);
    const loop = machine.createLoop();
    expect([loop.work(0, 10), loop.work(0, 10), loop.work(0, 10)]).toEqual([10, 20, 30]);
  });

  it('shares its cores among all event loops and threads on it', () => {
    const machine = new Machine(1);
    const loops = [machine.createLoop(), machine.createLoop()];
    expect(loops.map((loop) => loop.work(0, 10))).toEqual([10, 20]);
    expect(machine.work(0, 5)).toBe(25);
  });
});
