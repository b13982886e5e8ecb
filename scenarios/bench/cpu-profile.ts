/** Reads what `node --cpu-prof` wrote: who used the event loop's time. Work in the thread pool (inflate, fsync) is not in it. */
import { SourceMap } from 'node:module';
import { z } from 'zod';

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.number(),
        columnNumber: z.number(),
      }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

const mapSchema = z.object({
  version: z.literal(3),
  sources: z.array(z.string()),
  names: z.array(z.string()),
  mappings: z.string(),
});

/** A function in one place of the call tree. */
export interface Frame {
  readonly name: string;
  /** A file of ours, a package, a module of Node, or the engine. */
  readonly place: string;
  readonly selfMs: number;
  readonly totalMs: number;
  readonly children: readonly Frame[];
}

/** The root of the call tree. Idle time is left out. `bundleMap`: the source map of the only file that is not Node's own. */
export function readCpuProfile(profile: unknown, bundleMap: unknown): Frame {
  const { nodes, samples, timeDeltas } = profileSchema.parse(profile);
  const { sources, names, mappings } = mapSchema.parse(bundleMap);
  const map = new SourceMap({ file: '', version: 3, sources, sourcesContent: [], names, mappings, sourceRoot: '' });
  const selfUs = new Map<number, number>();
  for (const [index, id] of samples.entries()) selfUs.set(id, (selfUs.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  const frames = new Map<number, Frame>();
  // Children come after their parents in the list, so from its end every child is there before its parent.
  for (const { id, callFrame, children: childIds = [] } of nodes.toReversed()) {
    if (callFrame.functionName === '(idle)') continue;
    const children = childIds.flatMap((childId) => frames.get(childId) ?? []);
    const selfMs = (selfUs.get(id) ?? 0) / 1000;
    const totalMs = children.reduce((sumMs, child) => sumMs + child.totalMs, selfMs);
    const name = callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName;
    frames.set(id, { name, place: placeOf(callFrame, map), selfMs, totalMs, children });
  }
  const [root] = nodes;
  const tree = root === undefined ? undefined : frames.get(root.id);
  if (tree === undefined) throw new TypeError('the profile is empty');
  return tree;
}

function placeOf(
  { url, lineNumber, columnNumber }: { url: string; lineNumber: number; columnNumber: number },
  map: SourceMap,
): string {
  if (url === '') return 'engine and system';
  if (url.startsWith('node:')) return url;
  const entry = map.findEntry(lineNumber, columnNumber);
  // Between its modules the bundle has helpers of its own.
  if (!('originalSource' in entry)) return 'bundle';
  const source = entry.originalSource;
  const packageName = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1];
  return packageName ?? source.replace(/.*\/(?=streamer\/)/, '');
}

interface SelfTime {
  readonly name: string;
  readonly place: string;
  readonly selfMs: number;
}

export interface ProfileTable {
  readonly totalMs: number;
  readonly categories: readonly { readonly category: string; readonly selfMs: number }[];
  readonly functions: readonly SelfTime[];
}

const functionsMax = 25;

/** Most expensive first. */
export function tabulateProfile(root: Frame): ProfileTable {
  const functions = new Map<string, SelfTime>();
  const categories = new Map<string, number>();
  const visit = ({ name, place, selfMs, children }: Frame): void => {
    const key = `${name} ${place}`;
    functions.set(key, { name, place, selfMs: (functions.get(key)?.selfMs ?? 0) + selfMs });
    const category = categoryOf({ name, place });
    categories.set(category, (categories.get(category) ?? 0) + selfMs);
    for (const child of children) visit(child);
  };
  visit(root);
  return {
    totalMs: root.totalMs,
    categories: [...categories]
      .map(([category, selfMs]) => ({ category, selfMs }))
      .toSorted((a, b) => b.selfMs - a.selfMs),
    functions: [...functions.values()].toSorted((a, b) => b.selfMs - a.selfMs).slice(0, functionsMax),
  };
}

/** Whose time it is, coarsely: for the table and the colours. */
export function categoryOf({ name, place }: Pick<Frame, 'name' | 'place'>): string {
  if (name === '(garbage collector)') return 'garbage collector';
  if (place === 'engine and system') return place;
  if (place.startsWith('node:')) return "Node's own modules";
  if (place.startsWith('@aws-sdk/') || place.startsWith('@smithy/')) return 'AWS SDK';
  if (place.startsWith('streamer/')) return 'the streamer';
  return place;
}
