/** `state show`: what the streamer remembers, also while it runs. */
import { Command } from 'commander';
import { rangeBytes } from '../core/ranges.ts';
import type { HourCount, PartialObject } from '../io/state-reader.ts';
import type { StateHead } from '../ports.ts';
import { nameOfSource } from './bucket.ts';
import { configOption, countArgument, jsonOption } from './arguments.ts';
import { loadConfig } from './load-config.ts';
import { formatMoment } from './moment.ts';
import { type StateView, viewState } from './state-access.ts';
import { formatBytes, formatColumns, formatCount, formatNumber, print, printJson } from './output.ts';

const HOURS_SHOWN_DEFAULT = 24;
/** Objects that are shown one by one: there are rarely more than `processing.worker_count`. */
const PARTIAL_OBJECTS_MAX = 1_000;
const RANGES_SHOWN_MAX = 6;

interface ShowOptions {
  readonly config: string;
  readonly hours: number;
  readonly json?: true;
}

export function showCommand(): Command {
  return new Command('show')
    .description('show what the streamer remembers')
    .addOption(configOption())
    .option('--hours <n>', 'hours to show, the newest (0: all)', countArgument, HOURS_SHOWN_DEFAULT)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
It works beside a running streamer, takes no lock and changes nothing. Hours are
those in which the objects were last modified. With state.redis it shows what
all instances share.`,
    )
    .action(show);
}

async function show(options: ShowOptions): Promise<void> {
  const { config } = await loadConfig(options.config);
  const view = await viewState(config);
  try {
    const summary = await summarize(view);
    if (options.json) printJson(jsonOf(summary, options.hours));
    else print(textOf(summary, options.hours));
  } finally {
    await view.close();
  }
}

interface Summary {
  readonly path: string;
  readonly fileBytes: number;
  readonly isInUse: boolean;
  readonly head: StateHead | null;
  readonly forgottenBeforeMs: number | null;
  readonly hours: readonly HourCount[];
  readonly complete: number;
  readonly partials: readonly PartialObject[];
  readonly partialCount: number;
  readonly wanted: number;
  readonly quarantinedOpen: number;
  readonly droppedLines: number;
}

async function summarize(view: StateView): Promise<Summary> {
  const hours = await view.completeByHour();
  return {
    path: view.path,
    fileBytes: await view.fileBytes(),
    isInUse: await view.isInUse(),
    head: await view.head(),
    forgottenBeforeMs: await view.forgottenBeforeMs(),
    hours,
    complete: hours.reduce((sum, { objects }) => sum + objects, 0),
    partials: await view.partials(PARTIAL_OBJECTS_MAX),
    partialCount: await view.partialCount(),
    wanted: await view.wantedCount(),
    quarantinedOpen: (await view.quarantined({ isClosedToo: false })).length,
    droppedLines: await view.droppedLines(),
  };
}

/** 0 shows all. */
function newest<T>(list: readonly T[], count: number): readonly T[] {
  return count > 0 ? list.slice(-count) : list;
}

function textOf(summary: Summary, hoursShown: number): string {
  const { path, fileBytes, isInUse, head, forgottenBeforeMs, hours, partials, partialCount } = summary;
  const shownHours = newest(hours, hoursShown);
  const facts = [
    [
      isFile(path) ? 'file' : 'redis',
      `${path} (${formatBytes(fileBytes)}), ${isInUse ? 'in use by a running streamer' : 'not in use'}`,
    ],
    ['start from', head === null ? 'not known: the streamer has not started yet' : startOf(head)],
    ['floor', head === null ? '-' : `${floorOf(head)}: older objects are complete or not ours`],
    ...(forgottenBeforeMs === null
      ? []
      : [['remembers', `complete objects since ${formatMoment(forgottenBeforeMs)} (audit.retention)`]]),
    ['complete', formatCount(summary.complete, 'object')],
    ['partial', formatCount(partialCount, 'object')],
    ['asked for', `${formatCount(summary.wanted, 'object')} (replay, quarantine retry, audit --requeue)`],
    ['quarantine', formatCount(summary.quarantinedOpen, 'record')],
    ...(summary.droppedLines === 0
      ? []
      : [['dropped', `${formatCount(summary.droppedLines, 'line')} (http.on_full: drop)`]]),
  ];
  return [
    formatColumns(facts),
    ...(shownHours.length === 0
      ? []
      : [
          `\ncomplete, by the hour of LastModified${shownHours.length < hours.length ? ` (the newest ${shownHours.length} of ${hours.length}; --hours 0 shows all)` : ''}:`,
          formatColumns(
            shownHours.map(({ hourStartMs, objects }) => [`  ${formatMoment(hourStartMs)}`, formatNumber(objects)]),
          ),
        ]),
    ...(partials.length === 0 ? [] : ['\npartial, with what is settled:', ...partials.map(partialText)]),
  ].join('\n');
}

/** Redis is named by its host and keys. */
function isFile(path: string): boolean {
  return !path.endsWith('*');
}

function startOf({ startFromMs }: StateHead): string {
  if (startFromMs === 0) return 'the beginning';
  return `${formatMoment(startFromMs)}: older objects are not ours`;
}

function floorOf({ floorMs }: StateHead): string {
  return floorMs <= 0 ? 'the beginning' : formatMoment(floorMs);
}

function partialText({ object, settled }: PartialObject): string {
  const shown = settled
    .slice(0, RANGES_SHOWN_MAX)
    .map(({ start, end }) => `${formatNumber(start)}-${formatNumber(end)}`);
  const more = settled.length > RANGES_SHOWN_MAX ? ` and ${settled.length - RANGES_SHOWN_MAX} more` : '';
  return (
    `  ${nameOfSource({ bucket: object.bucket, prefix: object.key })}  (${formatMoment(object.lastModifiedMs)})\n` +
    `    ${formatBytes(rangeBytes(settled))}: bytes ${shown.join(', ')}${more} of its content`
  );
}

function jsonOf(summary: Summary, hoursShown: number): object {
  const { head, forgottenBeforeMs, hours, partials } = summary;
  return {
    path: summary.path,
    fileBytes: summary.fileBytes,
    inUse: summary.isInUse,
    startFrom: head === null ? null : formatMoment(head.startFromMs),
    floor: head === null ? null : formatMoment(head.floorMs),
    forgottenBefore: forgottenBeforeMs === null ? null : formatMoment(forgottenBeforeMs),
    complete: summary.complete,
    completeByHour: newest(hours, hoursShown).map(({ hourStartMs, objects }) => ({
      hour: formatMoment(hourStartMs),
      objects,
    })),
    partial: summary.partialCount,
    partialObjects: partials.map(({ object, settled }) => ({
      bucket: object.bucket,
      key: object.key,
      etag: object.etag,
      lastModified: formatMoment(object.lastModifiedMs),
      settled,
    })),
    wanted: summary.wanted,
    quarantined: summary.quarantinedOpen,
    droppedLines: summary.droppedLines,
  };
}
