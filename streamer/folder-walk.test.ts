import { describe, expect, it } from 'vitest';
import { walkFolders } from './folder-walk.ts';
import type { ListRequest } from './ports.ts';
import { FakeObjectStore } from './testing/fakes.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

/** Walks a bucket that holds these keys, a few keys a page. */
async function walk(keys: readonly string[], isWanted: (startMs: number) => boolean = () => true, keysMax = 2) {
  const clock = new VirtualClock(0);
  const s3 = new FakeObjectStore(clock);
  for (const key of keys) s3.put(key, new Uint8Array(1), { lastModifiedMs: 0 });
  const { signal } = new AbortController();
  const list = async (request: Omit<ListRequest, 'bucket' | 'keysMax'>) => {
    let page: Awaited<ReturnType<FakeObjectStore['list']>> | null = null;
    void s3.list({ bucket: 'logs', keysMax, ...request }, signal).then((answer) => (page = answer));
    await clock.runUntil(() => page !== null);
    return page;
  };
  const visited: string[] = [];
  const found: string[] = [];
  const passedBy: string[] = [];
  for await (const page of walkFolders({ prefix: 'p/', list, isWanted: ({ startMs }) => isWanted(startMs) })) {
    visited.push(page.folder);
    found.push(...page.objects.map(({ key }) => key));
    passedBy.push(...page.passedBy);
  }
  return { visited: [...new Set(visited)], found, passedBy, lists: s3.lists };
}

describe('walkFolders', () => {
  it('finds every object below the prefix, once, over any number of pages', async () => {
    const keys = ['p/a', 'p/b', 'p/c', 'p/x/1', 'p/x/2', 'p/x/3', 'p/x/y/4', 'p/z/5'];
    for (const keysMax of [1, 2, 3, 100]) {
      const { found } = await walk([...keys, 'other/6'], undefined, keysMax);
      expect(found.toSorted()).toEqual(keys);
    }
  });

  // Each folder was an argument of one call: a bucket with that many ended the process.
  it('takes any number of folders in one folder', async () => {
    const prefixes = Array.from({ length: 150_000 }, (_, index) => `p/run-${index}/`);
    const list = async ({ prefix }: { readonly prefix: string }) =>
      Promise.resolve({ objects: [], prefixes: prefix === 'p/' ? prefixes : [], continuationToken: null });
    const visited: string[] = [];
    for await (const { folder } of walkFolders({ prefix: 'p/', list, isWanted: () => true })) visited.push(folder);
    expect(visited.length).toBe(150_001);
    expect(visited.slice(0, 3)).toEqual(['', 'run-0/', 'run-1/']);
  });

  it('passes by what is left of a folder that is refused, and what was found in it before is entered', async () => {
    const visited: string[] = [];
    const pageOf = (prefixes: readonly string[], continuationToken: string | null = null) => ({
      objects: [],
      prefixes,
      continuationToken,
    });
    const list = async ({ prefix, continuationToken }: { prefix: string; continuationToken: string | null }) => {
      if (prefix === 'p/') return Promise.resolve(pageOf(['p/a/', 'p/b/']));
      if (prefix !== 'p/a/') return Promise.resolve(pageOf([]));
      return Promise.resolve(continuationToken === null ? pageOf(['p/a/1/'], 'more') : ('refused' as const));
    };
    for await (const { folder } of walkFolders({ prefix: 'p/', list, isWanted: () => true })) visited.push(folder);
    expect(visited).toEqual(['', 'a/', 'a/1/', 'b/']);
  });

  it('goes in the order of time where names are not padded: day 9 before day 10, month 9 before month 10', async () => {
    const folders = [
      'year=2025/month=9/day=9/',
      'year=2025/month=9/day=10/',
      'year=2025/month=10/day=1/',
      'year=2026/month=1/day=1/',
    ];
    const { visited } = await walk(folders.toReversed().map((folder) => `p/${folder}1.gz`));
    expect(visited.filter((folder) => folder.includes('day='))).toEqual(folders);
  });

  it('does not enter folders of other dates, and names them; folders without a date it always enters', async () => {
    const keys = ['p/year=2024/month=1/day=1/1.gz', 'p/year=2025/month=1/day=1/1.gz', 'p/other/1.gz'];
    const { found, passedBy, lists } = await walk(keys, (startMs) => startMs >= Date.UTC(2025, 0));
    expect(found.toSorted()).toEqual(['p/other/1.gz', 'p/year=2025/month=1/day=1/1.gz']);
    expect(passedBy).toEqual(['p/year=2024/']);
    expect(lists.some(({ prefix }) => prefix.startsWith('p/year=2024'))).toBe(false);
  });
});
