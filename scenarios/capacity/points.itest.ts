import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PointStore } from './points.ts';
import { samplePoint } from './testing/sample-point.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'points-test-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const first = samplePoint({ experiment: 'a', instances: 1, offeredRawMBps: 100 });
const second = samplePoint({ experiment: 'a', instances: 1, offeredRawMBps: 80 });

describe('measured points', () => {
  it('are there for the next command', () => {
    new PointStore(folder).append(first);
    new PointStore(folder).append(second);
    expect(new PointStore(folder).read()).toEqual([first, second]);
  });

  it('lose no more than the line that a crash cut off', () => {
    const store = new PointStore(folder);
    store.append(first);
    appendFileSync(store.file, JSON.stringify(second).slice(0, 40));
    expect(store.read()).toEqual([first]);
    store.append(second);
    expect(store.read()).toEqual([first, second]);
  });

  it('are not taken from a file that holds something else', () => {
    const store = new PointStore(folder);
    writeFileSync(store.file, '{"not":"a point"}\n');
    expect(() => store.read()).toThrow(/line 1, is no measured point of this version/);
  });
});
