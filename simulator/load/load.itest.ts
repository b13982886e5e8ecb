import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLoad } from './build.ts';
import { loadCacheDir, prepareLoad, pruneCache } from './cache.ts';
import { LOAD_FILES, openLoad, readLoadManifest, type Load } from './manifest.ts';
import { documentedSpec, type LoadSpec } from './spec.ts';

const never = new AbortController().signal;
const small: LoadSpec = { kind: 'zscaler', objects: 40, linesPerObject: 60, linesSpread: 0.5, noise: 'clean' };
const dirty: LoadSpec = { ...small, noise: 'dirty' };

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'load-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function build(spec: LoadSpec, seed: number, threads = 2): Promise<string> {
  const dir = await mkdtemp(join(root, 'built-'));
  await buildLoad(dir, { spec, seed, threads, onProgress: () => {} }, never);
  return dir;
}

async function opened<T>(dir: string, use: (load: Load) => Promise<T>): Promise<T> {
  const load = await openLoad(dir);
  try {
    return await use(load);
  } finally {
    await load.close();
  }
}

/** The format's rule in its plainest form: what must reach the sink of these stored bytes. */
function deliveredLines(raw: string): string[] {
  return raw
    .split(/\r?\n/)
    .filter((line) => line !== '' && line !== '[' && line !== ']')
    .map((line) => line.replace(/^,/, ''));
}

async function fileHashes(dir: string): Promise<string[]> {
  const names = Object.values(LOAD_FILES);
  const contents = await Promise.all(names.map((name) => readFile(join(dir, name))));
  return contents.map((content) => createHash('sha256').update(content).digest('hex'));
}

async function contentsOf(spec: LoadSpec): Promise<string[]> {
  return opened(await build(spec, 2), async (load) => {
    const bodies = await Promise.all(load.manifest.objects.map(({ index }) => load.readBody(index)));
    return bodies.map((body) => gunzipSync(body).toString());
  });
}

describe('buildLoad', () => {
  it.each([
    ['clean', small],
    ['dirty', dirty],
  ])('describes every line of %s objects: offset, checksum and identity', async (_, spec) => {
    await opened(await build(spec, 1), async (load) => {
      const { identity, objects } = load.manifest;
      expect(objects.map((object) => object.index)).toEqual(Array.from({ length: spec.objects }, (__, index) => index));
      for (const object of objects) {
        const body = await load.readBody(object.index);
        expect(createHash('md5').update(body).digest('hex')).toBe(object.gzMd5);
        const raw = gunzipSync(body);
        expect(raw.length).toBe(object.rawBytes);
        const lines = deliveredLines(raw.toString());
        const stream = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        expect([lines.length, stream.length, crc32(stream)]).toEqual([
          object.lines,
          object.deliveredBytes,
          object.deliveredCrc32,
        ]);
        const table = load.readTable(object.index);
        expect(table.lines).toBe(lines.length);
        let offset = 0;
        lines.forEach((line, number) => {
          expect([table.entries[2 * number], table.entries[2 * number + 1]]).toEqual([
            offset,
            crc32(stream.subarray(0, offset)),
          ]);
          expect(line.slice(identity.digitsOffset)).toMatch(
            new RegExp(`^${String(object.index).padStart(9, '0')}${String(number).padStart(9, '0')}`),
          );
          offset += Buffer.byteLength(line) + 1;
        });
        expect(table.entries[2 * lines.length]).toBe(offset);
      }
    });
  });

  it('has every kind of noise in a dirty load, and none in a clean one', async () => {
    const noises = [/\r\n/, /^\[\r?\n/, /\n\]\r?\n?$/, /\n,\{/, /\n\r?\n/, /[}\]]$/];
    const [dirtyRaw, cleanRaw] = [await contentsOf(dirty), await contentsOf(small)];
    for (const noise of noises) {
      expect(dirtyRaw.some((raw) => noise.test(raw))).toBe(true);
      expect(cleanRaw.some((raw) => noise.test(raw))).toBe(false);
    }
  });

  it('is byte-identical for a seed whatever the number of threads, and another load for another seed', async () => {
    // Each object is a block of its own, of very different size: threads overtake each other.
    const spec: LoadSpec = { ...small, objects: 8, linesPerObject: 3_300 };
    const one = await fileHashes(await build(spec, 5, 1));
    expect(await fileHashes(await build(spec, 5, 3))).toEqual(one);
    expect(await fileHashes(await build(spec, 6, 3))).not.toEqual(one);
  });

  it('builds the same objects whether they fit one piece of memory or several', async () => {
    // 14,000 lines exceed the 16 MiB piece: the object is compressed as a stream.
    const spec: LoadSpec = { ...small, objects: 1, linesPerObject: 14_000, linesSpread: 0 };
    await opened(await build(spec, 1), async (load) => {
      const raw = gunzipSync(await load.readBody(0));
      expect(raw.length).toBeGreaterThan(16 * 1_024 * 1_024);
      expect(crc32(raw)).toBe(load.manifest.objects[0]?.deliveredCrc32);
    });
  });

  it('makes objects of the documented size: about 10 MB, 650 KB and 6,500 lines', async () => {
    const { objects } = readLoadManifest(await build({ ...documentedSpec(4), linesSpread: 0 }, 1));
    for (const { rawBytes, gzBytes, lines } of objects) {
      expect(lines).toBe(6_500);
      expect(rawBytes).toBeGreaterThan(9.5e6);
      expect(rawBytes).toBeLessThan(10.5e6);
      expect(rawBytes / gzBytes).toBeGreaterThan(14);
      expect(rawBytes / gzBytes).toBeLessThan(17);
    }
  });

  it('reports progress up to the last object, and stops when told to', async () => {
    const dir = await mkdtemp(join(root, 'built-'));
    const stop = new AbortController();
    const seen: number[] = [];
    const building = buildLoad(
      dir,
      {
        spec: { ...small, objects: 2_000, linesPerObject: 500 },
        seed: 1,
        threads: 2,
        onProgress: ({ objects }) => {
          seen.push(objects);
          stop.abort(new Error('stopped by the test'));
        },
      },
      stop.signal,
    );
    await expect(building).rejects.toThrow('stopped by the test');
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.at(-1)).toBeLessThan(2_000);
    expect(await readdir(dir)).not.toContain(LOAD_FILES.manifest);
  });
});

describe('prepareLoad', () => {
  it('builds a load once, and once only when two ask at the same time', async () => {
    const cacheDir = join(root, 'cache-once');
    const request = { spec: small, seed: 1, cacheDir };
    const [left, right] = await Promise.all([prepareLoad(request, never), prepareLoad(request, never)]);
    expect(left.dir).toBe(right.dir);
    const again = await prepareLoad({ ...request, spec: { ...small } }, never);
    expect(again).toEqual({ dir: left.dir, isFromCache: true });
    expect(await readdir(cacheDir)).toHaveLength(1);
    expect((await prepareLoad({ ...request, seed: 2 }, never)).dir).not.toBe(left.dir);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const cacheDir = join(root, 'cache-stopped');
    const stop = AbortSignal.abort(new Error('stopped by the test'));
    await expect(prepareLoad({ spec: small, seed: 1, cacheDir }, stop)).rejects.toThrow('stopped by the test');
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it('says what to do when the disk is too small, before it writes anything', async () => {
    const spec: LoadSpec = { ...documentedSpec(900_000_000), linesPerObject: 900_000_000 };
    const cacheDir = join(root, 'cache-full');
    await expect(prepareLoad({ spec, seed: 1, cacheDir }, never)).rejects.toThrow(/Free some space.*S3ES_CACHE_DIR/);
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it('keeps loads in the checkout unless S3ES_CACHE_DIR names another folder', () => {
    expect(loadCacheDir({})).toMatch(/\.cache[/\\]loads$/);
    expect(loadCacheDir({ S3ES_CACHE_DIR: '' })).toBe(loadCacheDir({}));
    expect(loadCacheDir({ S3ES_CACHE_DIR: root })).toBe(join(root, 'loads'));
  });
});

describe('pruneCache', () => {
  it('deletes the loads used longest ago until the rest fits, but none that may be in use', async () => {
    const cacheDir = join(root, 'cache-pruned');
    const prepared = await Promise.all([1, 2, 3].map((seed) => prepareLoad({ spec: small, seed, cacheDir }, never)));
    const nowMs = Date.now();
    const hoursAgo = async (dir: string, hours: number): Promise<void> => {
      const used = new Date(nowMs - hours * 3_600_000);
      await utimes(join(dir, LOAD_FILES.manifest), used, used);
    };
    const [oldest, older, recent] = prepared.map(({ dir }) => dir);
    await hoursAgo(oldest ?? '', 30);
    await hoursAgo(older ?? '', 20);
    const loadBytes = (await stat(join(older ?? '', LOAD_FILES.objects))).size;

    await pruneCache(cacheDir, nowMs, 1e12);
    expect(await readdir(cacheDir)).toHaveLength(3);
    await pruneCache(cacheDir, nowMs, 3 * loadBytes);
    expect((await readdir(cacheDir)).map((name) => join(cacheDir, name))).not.toContain(oldest);
    await pruneCache(cacheDir, nowMs, 0);
    expect((await readdir(cacheDir)).map((name) => join(cacheDir, name))).toEqual([recent]);
  });

  it('deletes what a killed build left, a day later', async () => {
    const cacheDir = await mkdtemp(join(root, 'cache-abandoned-'));
    const leftover = await mkdtemp(join(cacheDir, 'building-'));
    await pruneCache(cacheDir, Date.now(), 0);
    expect(await readdir(cacheDir)).toHaveLength(1);
    await pruneCache(cacheDir, Date.now() + 25 * 3_600_000, 0);
    expect(await readdir(cacheDir)).toEqual([]);
    expect(leftover).toContain(cacheDir);
  });
});

describe('openLoad', () => {
  it('says that a damaged load must be built again', async () => {
    const dir = await build(small, 3);
    await writeFile(join(dir, LOAD_FILES.manifest), '{"version":0}');
    expect(() => readLoadManifest(dir)).toThrow(/not a load of version 1[^]*build the load again/);
    await writeFile(join(dir, LOAD_FILES.manifest), 'no json');
    await expect(openLoad(dir)).rejects.toThrow('build the load again');
    await expect(openLoad(join(root, 'absent'))).rejects.toThrow('There is no load in');
  });

  it('says so when a file is shorter than load.json tells', async () => {
    const dir = await build(small, 4);
    await writeFile(join(dir, LOAD_FILES.lines), '');
    await writeFile(join(dir, LOAD_FILES.objects), '');
    await opened(dir, async (load) => {
      expect(() => load.readTable(0)).toThrow('cut short');
      await expect(load.readBody(0)).rejects.toThrow('cut short');
      expect(() => load.readTable(40)).toThrow('no object 40');
    });
  });
});
