import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { SizeOnlyObjects } from './size-only.ts';

const sizes = { gridLossMax: 0.01, rawBytesPerObject: 2e6, sizeSpread: 0.1, gzipRatio: 15 };
const random = createRandom(1);

async function contentOf(objects: SizeOnlyObjects): Promise<Uint8Array> {
  const [kind] = objects.kinds;
  const inflated = await objects.inflateFor(async () => undefined).whole(kind?.stored ?? new Uint8Array(), Infinity);
  return inflated?.content ?? new Uint8Array();
}

function newlinesOf(content: Uint8Array): readonly number[] {
  const plain = new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  return [...plain.keys()].filter((at) => plain[at] === 10);
}

describe('an object that is a size and a line grid', () => {
  const byLines = { batchBytesMax: 1 << 20, batchLinesMax: 100 };

  it('has a newline where it says that the next one is', async () => {
    const content = await contentOf(new SizeOnlyObjects({ ...sizes, lineBytes: 1500 }, byLines, random));
    const said: number[] = [];
    for (let at = content.indexOf(10); at !== -1; at = content.indexOf(10, at + 1)) said.push(at);
    expect(said).toEqual(newlinesOf(content));
    expect(content.at(-1)).toBe(10);
    // From a newline on it is that newline.
    expect(content.indexOf(10, 1499)).toBe(1499);
  });

  it('has its true lines where lines close a batch, and fewer where bytes do: a batch ends at most 1 % earlier', async () => {
    const exact = await contentOf(new SizeOnlyObjects({ ...sizes, lineBytes: 1500 }, byLines, random));
    expect(newlinesOf(exact)[0]).toBe(1499);
    const batchBytesMax = 1 << 20;
    const byBytes = { batchBytesMax, batchLinesMax: 1000 };
    const coarse = await contentOf(new SizeOnlyObjects({ ...sizes, lineBytes: 1500 }, byBytes, random));
    const placeBytes = (newlinesOf(coarse)[0] ?? 0) + 1;
    expect(placeBytes).toBeGreaterThan(1500);
    expect(placeBytes % 1500).toBe(0);
    expect(placeBytes).toBeLessThanOrEqual(batchBytesMax * 0.01);
    const each = await contentOf(new SizeOnlyObjects({ ...sizes, gridLossMax: 0, lineBytes: 1500 }, byBytes, random));
    expect(newlinesOf(each)[0]).toBe(1499);
  });

  it('comes in sizes around the one that is asked for', () => {
    const { kinds } = new SizeOnlyObjects({ ...sizes, lineBytes: 1500 }, byLines, random);
    const raw = kinds.map(({ rawBytes }) => rawBytes);
    const mean = raw.reduce((sum, bytes) => sum + bytes, 0) / raw.length;
    expect(Math.abs(mean / 2e6 - 1)).toBeLessThan(0.01);
    expect(Math.max(...raw)).toBeLessThan(2.25e6);
    expect(Math.min(...raw)).toBeGreaterThan(1.75e6);
    for (const { rawBytes, storedBytes } of kinds) expect(Math.abs(rawBytes / storedBytes / 15 - 1)).toBeLessThan(0.01);
  });

  it('is not inflated beyond what is asked for', async () => {
    const objects = new SizeOnlyObjects({ ...sizes, lineBytes: 1500 }, byLines, random);
    const inflate = objects.inflateFor(async () => undefined);
    expect(await inflate.whole(objects.kinds[0]?.stored ?? new Uint8Array(), 1000)).toBeNull();
  });
});
