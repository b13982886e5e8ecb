/** The configuration's documentation in Markdown, made from the same source as the validation. */
import type { FormatDefinition } from '../core/format.ts';
import { SHIPPED_FORMATS } from './log-formats.ts';
import type { KeyFacts } from './schema/key.ts';
import { allSections, type DocumentedSection } from './schema-walk.ts';

/** A table per section: key, values, default, meaning; then the shipped formats. */
export function configReference(): string {
  const sections = allSections().filter(({ keys }) => keys.length > 0);
  return [...sections.map(sectionReference), formatReference()].join('\n\n').concat('\n');
}

/** The whole page `docs/configuration.md`. */
export function configPage(): string {
  return [
    '# Configuration\n',
    'Generated from the schema by `npm run schema`; do not edit. The file is YAML with the keys of the Go original, and ours. Durations are written `15s`, `1m30s`, `24h`;',
    'sizes `64MiB`, `10MB`. `${NAME}` in a string is replaced by the environment variable; `$${` is a literal `${`. `validate --config FILE` says everything that is wrong at once.',
    '',
    configReference(),
  ].join('\n');
}

function sectionReference({ path, about, keys }: DocumentedSection): string {
  const rows = keys.map(({ path: keyPath, facts }) => [code(keyPath), facts.label, defaultOf(facts), meaningOf(facts)]);
  const heading = path === '' ? '## Top level' : `## ${code(path)}`;
  return [heading, ...(about === null ? [] : [about]), table(['key', 'values', 'default', 'meaning'], rows)].join(
    '\n\n',
  );
}

function defaultOf(facts: KeyFacts): string {
  if (facts.isRequired) return 'required';
  if (facts.absence === null || facts.absence === '') return '';
  // Words about a default have code marks or spaces in them; a default itself is code.
  return /[ `]/.test(facts.absence) ? facts.absence : code(facts.absence);
}

function meaningOf(facts: KeyFacts): string {
  return facts.ignoredBecause === null ? facts.about : `${facts.about} Ignored: ${facts.ignoredBecause}.`;
}

/** The formats that need no definition. */
function formatReference(): string {
  const rows = SHIPPED_FORMATS.map((format) => [
    code(format.name),
    code(format.filenamePattern),
    `${code(format.timestampRegex)} as ${code(format.timestampFormat)}`,
    code(format.contentType),
    linesOf(format),
  ]);
  return [
    '## Shipped formats',
    table(['format', 'file names', 'time in the name', 'content type', 'lines that are dropped'], rows),
  ].join('\n\n');
}

function linesOf({ recordRule }: FormatDefinition): string {
  const { headerLines, dropsArrayPunctuation } = recordRule;
  const heading = headerLines === 0 ? [] : [headerLines === 1 ? 'the first' : `the first ${headerLines}`];
  return [...heading, 'empty ones', ...(dropsArrayPunctuation ? ['lone `[` and `]`; a `,` before a line'] : [])].join(
    ', ',
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableRow(head), tableRow(head.map(() => '---')), ...rows.map((row) => tableRow(row.map(escapePipes)))].join(
    '\n',
  );
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function escapePipes(cell: string): string {
  return cell.replaceAll('|', String.raw`\|`);
}

function code(text: string): string {
  return `\`${text}\``;
}
