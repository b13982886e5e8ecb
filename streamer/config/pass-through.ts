/** What `http.compression: passthrough` asks of the other keys: nobody looks into the objects, so nothing may hang on their lines. */
import { AUTO } from '../core/format.ts';
import { hasLineRule, type RecordRule } from '../core/record-rule.ts';
import type { CheckInput } from './checks.ts';
import { defaultFormatOf, formatsOf } from './derive.ts';
import type { KeyPath } from './key-path.ts';
import type { Finding } from './notes.ts';

export function findPassThroughProblems({ settings, isStated }: CheckInput): readonly Finding[] {
  const { http, s3, processing } = settings;
  if (http.compression !== 'passthrough') return [];
  const defaultKey = isStated(['processing', 'log_format']) && processing.default_format === null ? 'log_format' : null;
  const ownChoices = (s3.sources ?? []).map(({ format }, index) => ({
    path: ['s3', 'sources', index, 'format'] as KeyPath,
    name: format,
  }));
  const isDefaultUsed = ownChoices.length === 0 || ownChoices.some(({ name }) => name === null);
  const choices = [
    ...(isDefaultUsed
      ? [{ path: ['processing', defaultKey ?? 'default_format'] as KeyPath, name: defaultFormatOf(processing) }]
      : []),
    ...ownChoices,
  ];
  const formats = formatsOf(processing);
  const possible = formats.filter(({ recordRule }) => !hasLineRule(recordRule)).map(({ name }) => name);
  const suggestion = `Use http.compression: gzip, or a format whose lines are delivered as they stand: ${possible.join(', ')}`;
  return [
    ...choices.flatMap(({ path, name }) => {
      const rule = formats.find((format) => format.name === name)?.recordRule;
      const message = name === AUTO ? AUTO_MESSAGE : rule === undefined ? null : messageOf(name ?? '', rule);
      return message === null ? [] : [{ path, message, suggestion }];
    }),
    ...(http.on_full === 'drop' ? [DROP_PROBLEM] : []),
  ];
}

const AUTO_MESSAGE =
  'auto chooses among formats of which some take lines out, and http.compression: passthrough does not look into objects';

const DROP_PROBLEM: Finding = {
  path: ['http', 'on_full'],
  message: 'counts the lines that it drops, and http.compression: passthrough does not know them',
  suggestion: 'Use block, which loses nothing, or http.compression: gzip',
};

function messageOf(name: string, rule: RecordRule): string | null {
  if (!hasLineRule(rule)) return null;
  const does = rule.dropsArrayPunctuation
    ? 'takes stray commas and brackets out'
    : `takes the heading out (${rule.headerLines} ${rule.headerLines === 1 ? 'line' : 'lines'})`;
  return `${name} ${does}, and http.compression: passthrough does not look into objects`;
}

const LINE_KEYS = [
  ['http', 'batch_lines'],
  ['http', 'batch_bytes'],
  ['processing', 'max_line_bytes'],
  ['processing', 'on_long_line'],
] as const;

/** Limits on lines and batches hold for what is opened; who states them should know. */
export function findUnusedLimits({ settings, isStated }: CheckInput): readonly Finding[] {
  if (settings.http.compression !== 'passthrough') return [];
  const message =
    'holds only for objects that are opened: http.compression: passthrough forwards the others as they are';
  const suggestion = 'Use http.compression: gzip if it must hold for all';
  return LINE_KEYS.filter((path) => isStated(path)).map((path) => ({ path, message, suggestion }));
}
