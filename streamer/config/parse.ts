/**
 * Text in, configuration out: the only reader of the configuration and of its environment variables.
 * Invariants: all problems are told at once, each with its place and a cure; no message holds the value of a secret or of a variable.
 */
import { StreamerError } from '../errors.ts';
import { buildConfig } from './build-config.ts';
import { type Check, type CheckInput, CHECKS } from './checks.ts';
import type { Config } from './config.ts';
import { type Environment, replaceVariables } from './environment.ts';
import { findingsOf } from './findings.ts';
import { doPathsMeet, type KeyPath, nodeAt, withoutPaths } from './key-path.ts';
import { type ConfigNote, type Finding, formatNote, formatNotes, toNotes } from './notes.ts';
import { settingsSchema } from './schema.ts';
import { factsAt, withEmptySections } from './schema-walk.ts';
import { findIgnoredKeys, WARNINGS } from './warnings.ts';
import { readYaml } from './yaml-source.ts';

export type CheckedConfig =
  | { readonly kind: 'valid'; readonly config: Config; readonly warnings: readonly ConfigNote[] }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigNote[]; readonly warnings: readonly ConfigNote[] };

export interface ParsedConfig {
  readonly config: Config;
  /** One line each. */
  readonly warnings: readonly string[];
}

/** Throws `CONFIG_INVALID` with all problems in its message. `fileName` is only for the message. */
export function parseConfig(yamlText: string, env: Environment, fileName: string): ParsedConfig {
  const checked = checkConfig(yamlText, env);
  if (checked.kind === 'valid') return { config: checked.config, warnings: checked.warnings.map(formatNote) };
  const count = checked.problems.length;
  const heading = `${fileName} has ${count === 1 ? 'a problem' : `${count} problems`}:`;
  throw new StreamerError('CONFIG_INVALID', formatNotes(heading, checked.problems), {
    details: { file: fileName, problems: count },
  });
}

export function checkConfig(yamlText: string, env: Environment): CheckedConfig {
  const source = readYaml(yamlText);
  if (source.kind === 'invalid') return { kind: 'invalid', problems: source.problems, warnings: [] };

  const { root: replacedRoot, problems: variableProblems, replacedPaths } = replaceVariables(source.root, env);
  const root = withEmptySections(replacedRoot);
  const issues = settingsSchema.safeParse(root).error?.issues ?? [];
  const keyProblems = findingsOf(issues, root, replacedPaths).filter(
    // What is wrong with a value whose variable is not set is that the variable is not set; an unknown key stays one.
    // And a mapping that stands where a value belongs stays a problem, whatever lies inside it.
    ({ path }) =>
      factsAt(path) === null ||
      !variableProblems.some((problem) => problem.path.length <= path.length && doPathsMeet(problem.path, path)),
  );

  // What is good by itself is judged together; what is not stands aside with its default.
  const badPaths = [...variableProblems, ...keyProblems].map(({ path }) => path);
  const goodRoot = withoutPaths(root, badPaths);
  const doubtfulPaths = [...badPaths, ...keyProblems.flatMap(({ meant }) => (meant === undefined ? [] : [meant]))];
  const input: CheckInput = {
    settings: settingsSchema.parse(goodRoot),
    env,
    isStated: (path) => nodeAt(goodRoot, path) !== undefined,
  };
  const problems = [...variableProblems, ...keyProblems, ...runChecks(CHECKS, input, doubtfulPaths)];
  const warnings = [...runChecks(WARNINGS, input, doubtfulPaths), ...findIgnoredKeys(goodRoot)];
  const warningNotes = toNotes(warnings, source.lineOf);
  if (problems.length > 0)
    return { kind: 'invalid', problems: toNotes(problems, source.lineOf), warnings: warningNotes };
  return { kind: 'valid', config: buildConfig(input.settings, env), warnings: warningNotes };
}

function runChecks(checks: readonly Check[], input: CheckInput, doubtfulPaths: readonly KeyPath[]): readonly Finding[] {
  return checks
    .filter(({ reads }) => !reads.some((read) => doubtfulPaths.some((path) => doPathsMeet(read, path))))
    .flatMap(({ find }) => find(input));
}
