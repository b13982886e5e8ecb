import { describe, expect, it } from 'vitest';
import { readCpuProfile, tabulateProfile } from './cpu-profile.ts';
import { renderFlameGraph } from './flame-graph.ts';

const noMap = { version: 3, sources: [], names: [], mappings: '' };

function node(id: number, functionName: string, url: string, children: readonly number[] = []): object {
  return { id, callFrame: { functionName, url, lineNumber: 0, columnNumber: 0 }, children };
}

const profile = {
  nodes: [
    node(1, '(root)', '', [2, 3, 5]),
    node(2, '(idle)', ''),
    node(3, 'run', 'file:///bundle.js', [4]),
    node(4, 'write<T>', 'node:net'),
    node(5, '(garbage collector)', ''),
  ],
  samples: [2, 3, 4, 4, 5],
  timeDeltas: [90_000, 1000, 2000, 3000, 4000],
};

describe('a CPU profile', () => {
  it('adds up what each function used, without the idle time', () => {
    const { totalMs, functions, categories } = tabulateProfile(readCpuProfile(profile, noMap));
    expect(totalMs).toBe(10);
    expect(functions.slice(0, 2)).toEqual([
      { name: 'write<T>', place: 'node:net', selfMs: 5 },
      { name: '(garbage collector)', place: 'engine and system', selfMs: 4 },
    ]);
    expect(categories.map(({ category }) => category)).toEqual([
      "Node's own modules",
      'garbage collector',
      'bundle',
      'engine and system',
    ]);
  });

  it('names the file of ours, or the package, by the source map', () => {
    const map = {
      version: 3,
      sources: ['../../somewhere/streamer/io/x.ts', '../node_modules/@smithy/core/y.js'],
      names: [],
      mappings: 'AAAA,UCAA',
    };
    const nodes = [node(1, '(root)', '', [2, 3]), node(2, 'ours', 'file:///b.js'), node(3, 'theirs', 'file:///b.js')];
    Object.assign(nodes[2] ?? {}, { callFrame: { functionName: 'theirs', url: 'b', lineNumber: 0, columnNumber: 10 } });
    const root = readCpuProfile({ nodes, samples: [2, 3], timeDeltas: [1, 1] }, map);
    expect(root.children.map(({ place }) => place)).toEqual(['streamer/io/x.ts', '@smithy/core']);
  });

  it('is drawn with widths by time, and names that are safe in a page', () => {
    const page = renderFlameGraph(readCpuProfile(profile, noMap), 'title');
    expect(page).toContain('write&lt;T&gt; (node:net): 5 ms, 50.0%');
    expect(page).toContain('width="600.0"');
    expect(page).not.toContain('write<T>');
  });
});
