/** Replaces `${NAME}` in the configuration's values by the environment. `$${` stands for a literal `${`. Names are told, values never. */
import { isMapping, type KeyPath, type RawNode } from './key-path.ts';
import { nearest } from './nearest.ts';
import type { Finding } from './notes.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Replaced {
  readonly root: RawNode;
  readonly problems: readonly Finding[];
  /** Where something was replaced: what stands there now may be a secret, whatever the key. */
  readonly replacedPaths: readonly KeyPath[];
}

const REFERENCE = /(\$?)\$\{([^}]*)(\}?)/g;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function replaceVariables(root: RawNode, env: Environment): Replaced {
  const problems: Finding[] = [];
  const replacedPaths: KeyPath[] = [];

  const replaceText = (text: string, path: KeyPath): string =>
    text.replaceAll(REFERENCE, (whole, escape: string, name: string, close: string) => {
      if (escape !== '') return whole.slice(1);
      replacedPaths.push(path);
      const value = VARIABLE_NAME.test(name) && close !== '' ? env[name] : undefined;
      if (value === undefined) problems.push(explainMissing(path, name, close, env));
      return value ?? '';
    });

  const replaceNode = (node: RawNode, path: KeyPath): RawNode => {
    if (typeof node === 'string') return node.includes('${') ? replaceText(node, path) : node;
    if (isMapping(node)) {
      return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, replaceNode(child, [...path, key])]));
    }
    return node.map((child, index) => replaceNode(child, [...path, index]));
  };

  return { root: replaceNode(root, []), problems, replacedPaths };
}

function explainMissing(path: KeyPath, name: string, close: string, env: Environment): Finding {
  if (close === '' || !VARIABLE_NAME.test(name)) {
    return {
      path,
      message: 'a ${ is not followed by the name of an environment variable and a }',
      suggestion: 'Write ${NAME} (letters, digits and _), or $${ for the two characters themselves',
    };
  }
  const similar = nearest(name, Object.keys(env));
  return {
    path,
    message: `the environment variable ${name} is not set`,
    suggestion:
      similar === null
        ? 'Set it where the streamer is started'
        : `Set it where the streamer is started. Did you mean ${similar}?`,
  };
}
