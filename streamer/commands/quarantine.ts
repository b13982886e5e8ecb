/** `quarantine list` and `quarantine retry`: what was set aside, and having it delivered after all. */
import { Command } from 'commander';
import { identityOf } from '../core/object-task.ts';
import { printable } from '../core/printable.ts';
import { settledExcept } from '../core/wanted-ranges.ts';
import { StreamerError } from '../errors.ts';
import type { WantedRequest } from '../io/state-admin.ts';
import type { QuarantineEntry } from '../io/state-reader.ts';
import { configOption, jsonOption, momentArgument, TIME_HELP } from './arguments.ts';
import { nameOfSource } from './bucket.ts';
import { matchesKey } from './key-filter.ts';
import { loadConfig } from './load-config.ts';
import { formatMoment } from './moment.ts';
import { formatCount, formatNumber, print, printJson } from './output.ts';
import { changeState, type StateView, viewState } from './state-access.ts';

interface FilterOptions {
  readonly config: string;
  readonly since?: number;
  readonly reason?: string;
  readonly key?: string;
  readonly json?: true;
}

interface ListOptions extends FilterOptions {
  readonly closed?: true;
}

interface RetryOptions extends FilterOptions {
  readonly all?: true;
}

const FILTERS_HELP = `
${TIME_HELP}
REASON: line-too-long, refused, gzip-corrupt, gzip-truncated, object-gone, ...
KEY: * stands for any characters`;

export function quarantineCommand(): Command {
  return new Command('quarantine')
    .description('show what was set aside, and deliver it after all')
    .helpCommand(false)
    .addCommand(listCommand())
    .addCommand(retryCommand());
}

function listCommand(): Command {
  return addFilters(new Command('list').description('show what is in quarantine'))
    .option('--closed', 'also records that were seen to: resolved, ...')
    .option('--json', 'one JSON object a line on stdout')
    .addHelpText('after', `${FILTERS_HELP}\nIt works beside a running streamer.`)
    .action(list);
}

function retryCommand(): Command {
  return addFilters(new Command('retry').description('have what is in quarantine delivered after all'))
    .option('--all', 'everything that is in quarantine')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `${FILTERS_HELP}
A running streamer takes the lines up within seconds, a stopped one when it runs
next. A record is resolved once its lines are delivered; what fails again is
quarantined again, as a new record.

Example: s3-edgedelta-streamer quarantine retry -c config.yaml --reason refused`,
    )
    .action(retry);
}

function addFilters(command: Command): Command {
  return command
    .addOption(configOption())
    .option('--since <TIME>', 'only what was set aside at TIME or later', momentArgument)
    .option('--reason <REASON>', 'only with this reason')
    .option('--key <KEY>', 'only of objects with this key');
}

async function list(options: ListOptions): Promise<void> {
  const { config } = await loadConfig(options.config);
  const view = await viewState(config);
  const records = await view.quarantined({ isClosedToo: options.closed === true });
  await view.close();
  const entries = records.filter((entry) => isMeant(entry, options));
  if (options.json) for (const entry of entries) printJson(jsonOf(entry));
  else print(entries.length === 0 ? 'nothing is in quarantine' : entries.map(textOf).join('\n'));
}

async function retry(options: RetryOptions): Promise<void> {
  const { all, since, reason, key } = options;
  if (!all && since === undefined && reason === undefined && key === undefined) {
    throw new StreamerError('USAGE', 'say what to retry: --reason, --key, --since, or --all for everything');
  }
  const { config } = await loadConfig(options.config);
  const desk = await changeState(config);
  try {
    const open = await desk.view.quarantined({ isClosedToo: false });
    const entries = open.filter((entry) => entry.status === 'open' && isMeant(entry, options));
    const { requests, records, postponed } = await requestsFor(entries, desk.view);
    await desk.want(requests);
    if (options.json) printJson({ records, objects: requests.length, postponed });
    else print(retryText(records, requests.length, postponed, await desk.view.isInUse()));
  } finally {
    await desk.close();
  }
}

function isMeant(entry: QuarantineEntry, { since, reason, key }: FilterOptions): boolean {
  return (
    (since === undefined || entry.atMs >= since) &&
    (reason === undefined || entry.reason === reason) &&
    (key === undefined || matchesKey(key, entry.object.key))
  );
}

interface Retry {
  readonly requests: readonly WantedRequest[];
  readonly records: number;
  /** Records of objects that are not complete yet. */
  readonly postponed: number;
}

/** One request an object. Only of complete objects: asking for some lines of one that is still under way would declare the others delivered. */
async function requestsFor(entries: readonly QuarantineEntry[], view: StateView): Promise<Retry> {
  const forgottenBeforeMs = (await view.forgottenBeforeMs()) ?? -Infinity;
  const byObject = Map.groupBy(entries, ({ object }) => identityOf(object));
  const requests: WantedRequest[] = [];
  let records = 0;
  for (const parts of byObject.values()) {
    const [first] = parts;
    if (first === undefined) continue;
    const { object } = first;
    const [record] = await view.lookup([object]);
    if (record?.kind !== 'complete' && object.lastModifiedMs >= forgottenBeforeMs) continue;
    requests.push({ object, kind: 'again', settled: settledExcept(parts), quarantineIds: parts.map(({ id }) => id) });
    records += parts.length;
  }
  return { requests, records, postponed: entries.length - records };
}

function retryText(records: number, objects: number, postponed: number, isInUse: boolean): string {
  const lines: string[] = [];
  if (records > 0) {
    const taker = isInUse
      ? 'the running streamer takes them up within seconds'
      : 'the streamer takes them up when it runs next';
    lines.push(`asked for: ${formatCount(records, 'record')} of ${formatCount(objects, 'object')}; ${taker}`);
  }
  if (postponed > 0)
    lines.push(
      `left alone: ${formatCount(postponed, 'record')} of objects that are not complete yet; retry them later`,
    );
  return lines.length === 0 ? 'nothing in quarantine fits' : lines.join('\n');
}

function textOf(entry: QuarantineEntry): string {
  const { id, object, reason, detail, atMs, status, closedMs } = entry;
  const closed = closedMs === null ? '' : ` ${formatMoment(closedMs)}`;
  return [
    `#${id}  ${formatMoment(atMs)}  ${reason}  ${status}${closed}`,
    `    ${nameOfSource({ bucket: object.bucket, prefix: object.key })}  (ETag ${object.etag})`,
    `    ${placeOf(entry)}`,
    `    ${printable(detail)}`,
  ].join('\n');
}

/** Lines are counted from 1, as editors do. */
function placeOf({ range, firstLine, lineCount }: QuarantineEntry): string {
  if (range === null) return 'all of the object that was not delivered before';
  const bytes = `bytes ${formatNumber(range.start)} to ${formatNumber(range.end)} of its content`;
  if (firstLine === null) return bytes;
  return `${lineCount === null || lineCount === 1 ? '' : `${formatCount(lineCount, 'line')}, from `}line ${formatNumber(firstLine + 1)}, ${bytes}`;
}

function jsonOf(entry: QuarantineEntry): object {
  const { id, object, range, firstLine, lineCount, reason, detail, atMs, status, closedMs } = entry;
  return {
    id,
    status,
    at: formatMoment(atMs),
    reason,
    detail,
    bucket: object.bucket,
    key: object.key,
    etag: object.etag,
    lastModified: formatMoment(object.lastModifiedMs),
    range,
    firstLine,
    lineCount,
    closed: closedMs === null ? null : formatMoment(closedMs),
  };
}
