/** Places in the configuration's tree. After YAML every node is a text, a list or a mapping: what a text means is decided by its key. */

export type KeyPath = readonly (string | number)[];

export type RawNode = string | RawNode[] | { [key: string]: RawNode };

/** `http.endpoints[0]` */
export function formatKeyPath(path: KeyPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

export function isMapping(node: RawNode | undefined): node is { [key: string]: RawNode } {
  return typeof node === 'object' && !Array.isArray(node);
}

export function nodeAt(root: RawNode, path: KeyPath): RawNode | undefined {
  let node: RawNode | undefined = root;
  for (const part of path) {
    if (Array.isArray(node)) node = typeof part === 'number' ? node[part] : undefined;
    else if (isMapping(node)) node = Object.hasOwn(node, part) ? node[String(part)] : undefined;
    else return undefined;
  }
  return node;
}

/** The tree without the nodes at these paths. Of a list that holds one, the whole list goes: its other places must not shift. */
export function withoutPaths(root: RawNode, paths: readonly KeyPath[]): RawNode {
  const copy = structuredClone(root);
  for (const path of paths) {
    const firstIndex = path.findIndex((part) => typeof part === 'number');
    const removed = firstIndex === -1 ? path : path.slice(0, firstIndex);
    const parent = nodeAt(copy, removed.slice(0, -1));
    const key = removed.at(-1);
    if (isMapping(parent) && key !== undefined) delete parent[String(key)];
  }
  return copy;
}

/** Whether one of the two lies inside the other, or they are the same. */
export function doPathsMeet(left: KeyPath, right: KeyPath): boolean {
  const length = Math.min(left.length, right.length);
  return left.slice(0, length).every((part, index) => part === right[index]);
}
