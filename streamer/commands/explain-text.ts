/** How `explain` shows what it found. */
import type { SkipReason } from '../core/selection.ts';
import { nameOfSource } from './bucket.ts';
import { countToRead, type Plan } from './explain-plan.ts';
import { formatMoment } from './moment.ts';
import { formatBytes, formatColumns, formatCount, formatDuration, formatNumber } from './output.ts';

export interface Estimate {
  /** Null when nothing was sampled. */
  readonly readMs: number | null;
  readonly listMs: number;
  readonly how: string;
}

const REASONS: Readonly<Record<SkipReason, string>> = {
  complete: 'delivered already',
  'before-start': 'older than the first start (processing.start_from)',
  'older-than-lookback': 'older than processing.lookback and what was left unfinished',
  'name-mismatch': 'the name does not fit the format',
  'folder-marker': 'an empty object in place of a folder',
  'folder-outside-lookback': 'whole folders, dated before the look-back window',
  'no-source': 'not below a configured prefix',
  gone: 'deleted before it was read',
};

export function explanationText(plan: Plan, estimate: Estimate, notes: readonly string[]): string {
  const { head, turns, first, skipped, wanted } = plan;
  const objects = countToRead(plan);
  const reads = [
    [formatNumber(turns.live), 'live: they go first'],
    [formatNumber(turns.backlog), 'backlog, oldest first'],
    [
      formatNumber(turns.waiting),
      `waiting for processing.delay_window${plan.nextMs === null ? '' : `, the first until ${formatMoment(plan.nextMs)}`}`,
    ],
  ];
  return [
    ...notes.flatMap((note) => [note, '']),
    plan.isFirstStart
      ? `first start: begins at ${head.startFromMs === 0 ? 'the beginning' : formatMoment(head.startFromMs)} (processing.start_from)`
      : `goes on; looks back to ${plan.sinceMs <= 0 ? 'the beginning' : formatMoment(plan.sinceMs)}`,
    '',
    `would be read: ${formatCount(objects, 'object')}, ${formatBytes(plan.gzBytes)} as stored${plan.partial > 0 ? `; ${formatNumber(plan.partial)} of them from where an earlier reading stopped` : ''}`,
    indent(formatColumns(reads)),
    ...(wanted > 0
      ? [`  and ${formatCount(wanted, 'object')} asked for (replay, quarantine retry, audit --requeue)`]
      : []),
    ...(first.length === 0
      ? []
      : ['', `in this order${first.length < objects ? ` (the first ${first.length})` : ''}:`, indent(orderText(plan))]),
    '',
    `would not be read${skipped.size === 0 ? ': nothing' : ':'}`,
    ...[...skipped].map(
      ([reason, { count, examples }]) =>
        `  ${formatNumber(count)}  ${reason}: ${REASONS[reason]}\n${examples.map((example) => `      ${example}`).join('\n')}`,
    ),
    '',
    `requests: ${formatNumber(plan.listRequests)} LIST and ${formatNumber(objects)} GET for this; later at most ${formatNumber(plan.listRequestsPerHour)} LIST an hour`,
    `time: about ${estimate.readMs === null ? `${formatDuration(estimate.listMs)} to list` : formatDuration(estimate.listMs + estimate.readMs)} (${estimate.how})`,
  ].join('\n');
}

function orderText({ first }: Plan): string {
  return formatColumns(
    first.map(({ turn, task: { object } }) => [
      turn,
      formatMoment(object.lastModifiedMs),
      formatBytes(object.sizeBytes),
      nameOfSource({ bucket: object.bucket, prefix: object.key }),
    ]),
  );
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

export function explanationJson(plan: Plan, estimate: Estimate, notes: readonly string[]): object {
  return {
    firstStart: plan.isFirstStart,
    startFrom: formatMoment(plan.head.startFromMs),
    lookBackTo: formatMoment(plan.sinceMs),
    notes,
    listed: plan.listed,
    read: {
      objects: countToRead(plan),
      gzBytes: plan.gzBytes,
      ...plan.turns,
      partial: plan.partial,
      wanted: plan.wanted,
    },
    order: plan.first.map(({ turn, task }) => ({
      turn,
      bucket: task.object.bucket,
      key: task.object.key,
      sizeBytes: task.object.sizeBytes,
      lastModified: formatMoment(task.object.lastModifiedMs),
      notBefore: formatMoment(task.notBeforeMs),
      format: task.format.name,
    })),
    skipped: Object.fromEntries(plan.skipped),
    requests: { list: plan.listRequests, get: countToRead(plan), listPerHour: plan.listRequestsPerHour },
    estimate: {
      seconds: estimate.readMs === null ? null : (estimate.listMs + estimate.readMs) / 1000,
      listSeconds: estimate.listMs / 1000,
      how: estimate.how,
    },
  };
}
