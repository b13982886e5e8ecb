/** `audit`: compares the bucket with state, and names what was never delivered. It reads; `--requeue` asks the streamer for what is missing. */
import { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { type AuditVerdict, verdictOf } from '../core/audit.ts';
import { compileFormats } from '../core/format.ts';
import { identityOf } from '../core/object-task.ts';
import type { SkipReason } from '../core/selection.ts';
import { StreamerError } from '../errors.ts';
import type { ObjectRef } from '../ports.ts';
import { selectionOf } from '../source-selection.ts';
import { configOption, jsonOption, TIME_HELP } from './arguments.ts';
import { type Bucket, nameOfSource, withBucket } from './bucket.ts';
import { loadConfig } from './load-config.ts';
import { formatMoment } from './moment.ts';
import { formatColumns, formatCount, formatNumber, print, printJson, Progress } from './output.ts';
import { addPeriodOptions, checkPeriod, objectsOfPeriod, type PeriodOptions } from './period.ts';
import { changeState, type StateView, viewState } from './state-access.ts';

/** Objects that are named one by one; the rest is only counted. */
const NAMED_OBJECTS_MAX = 1_000_000;
const REQUESTS_PER_TRANSACTION = 500;

interface AuditOptions extends PeriodOptions {
  readonly config: string;
  readonly requeue?: true;
  readonly json?: true;
}

interface Audit {
  readonly counts: Record<AuditVerdict, number>;
  /** Objects that are not to be read, and why. */
  readonly notOurs: Map<SkipReason, number>;
  readonly missing: ObjectRef[];
  readonly partial: ObjectRef[];
  readonly quarantined: ObjectRef[];
}

export function auditCommand(): Command {
  const command = new Command('audit')
    .description('compare the bucket with state, and name what was never delivered')
    .addOption(configOption());
  return addPeriodOptions(command)
    .option('--requeue', 'have the missing objects read')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
${TIME_HELP}
Beside a running streamer let the period end some minutes ago: what is under
way is not delivered yet. What is older than audit.retention may be "unknown".

Example: s3-edgedelta-streamer audit -c config.yaml --from "25h ago" --to -1h
Exit codes: 0 all delivered · 1 something is missing · 3 nothing was compared`,
    )
    .action(async (options: AuditOptions) => audit((await loadConfig(options.config)).config, options));
}

async function audit(config: Config, options: AuditOptions): Promise<void> {
  checkPeriod(options);
  const view = await viewState(config);
  try {
    const found = await withBucket(config, async (bucket) => compare(config, options, bucket, view));
    const requeued = options.requeue ? await requeue(config, [...found.missing, ...found.partial]) : 0;
    if (options.json) printJson(jsonOf(found, options, requeued));
    else print(textOf(found, options, requeued));
    judge(found, options, requeued, await view.isInUse());
  } finally {
    await view.close();
  }
}

async function compare(config: Config, options: AuditOptions, bucket: Bucket, view: StateView): Promise<Audit> {
  const nowMs = Date.now();
  const formats = compileFormats(config.processing.formats);
  const startFromMs = (await view.head())?.startFromMs ?? -Infinity;
  const knownSinceMs = Math.max(nowMs - config.auditRetentionMs, (await view.forgottenBeforeMs()) ?? -Infinity);
  const open = await view.quarantined({ isClosedToo: false });
  const quarantined = new Set(open.map(({ object }) => identityOf(object)));
  const found: Audit = {
    counts: { complete: 0, partial: 0, quarantined: 0, waiting: 0, missing: 0, unknown: 0 },
    notOurs: new Map(),
    missing: [],
    partial: [],
    quarantined: [],
  };
  const progress = new Progress();
  for (const [index, source] of config.s3.sources.entries()) {
    const selection = selectionOf(config, formats, index);
    for await (const objects of objectsOfPeriod(bucket, source, options, progress)) {
      const records = await view.lookup(objects);
      for (const [at, object] of objects.entries()) {
        const selected = selection.select(object, { startFromMs, sinceMs: -Infinity }, nowMs);
        if (selected.kind === 'skipped') {
          found.notOurs.set(selected.reason, (found.notOurs.get(selected.reason) ?? 0) + 1);
          continue;
        }
        const verdict = verdictOf(
          {
            record: records[at] ?? { kind: 'unknown' },
            isQuarantined: quarantined.has(identityOf(object)),
            lastModifiedMs: object.lastModifiedMs,
            notBeforeMs: selected.task.notBeforeMs,
          },
          { nowMs, knownSinceMs },
        );
        found.counts[verdict] += 1;
        if (verdict === 'missing' || verdict === 'partial' || verdict === 'quarantined') {
          if (found[verdict].length < NAMED_OBJECTS_MAX) found[verdict].push(object);
        }
      }
    }
  }
  return found;
}

async function requeue(config: Config, objects: readonly ObjectRef[]): Promise<number> {
  if (objects.length === 0) return 0;
  const desk = await changeState(config);
  try {
    for (let at = 0; at < objects.length; at += REQUESTS_PER_TRANSACTION) {
      const some = objects.slice(at, at + REQUESTS_PER_TRANSACTION);
      await desk.want(some.map((object) => ({ object, kind: 'missing', settled: [], quarantineIds: [] })));
    }
  } finally {
    await desk.close();
  }
  return objects.length;
}

function judge({ counts }: Audit, { requeue: isRequeued }: AuditOptions, requeued: number, isInUse: boolean): void {
  const undelivered = counts.missing + counts.partial;
  if (undelivered > 0) {
    const taker = isInUse
      ? 'the running streamer reads them within seconds'
      : 'the streamer reads them when it runs next';
    const next = isRequeued
      ? `${formatCount(requeued, 'object')} asked for: ${taker}`
      : 'to have them read, run the same command with --requeue';
    throw new StreamerError(
      'OBJECTS_MISSING',
      `${formatCount(undelivered, 'object')} of the period not delivered; ${next}`,
      { details: { missing: counts.missing, partial: counts.partial } },
    );
  }
  if (counts.complete + counts.quarantined + counts.waiting > 0) return;
  throw new StreamerError(
    'PROVES_NOTHING',
    counts.unknown > 0
      ? 'all objects of the period are older than what state remembers (audit.retention): nothing was compared'
      : 'no object of ours was last modified in the period: nothing was compared. Check --from, --to and s3.prefix',
  );
}

const VERDICTS: Readonly<Record<AuditVerdict, string>> = {
  complete: 'delivered',
  quarantined: 'delivered but for what is in quarantine (see `quarantine list`)',
  waiting: 'not yet due (processing.delay_window)',
  partial: 'delivered in part',
  missing: 'never delivered',
  unknown: 'unknown: older than state remembers (audit.retention)',
};

function textOf(found: Audit, { from, to }: AuditOptions, requeued: number): string {
  const { counts, notOurs } = found;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const rows = Object.entries(VERDICTS).map(([verdict, words]) => [formatNumber(countOf(counts, verdict)), words]);
  const skipped = [...notOurs].map(([reason, count]) => [formatNumber(count), `not ours: ${reason}`]);
  return [
    `${formatCount(total, 'object')} last modified from ${formatMoment(from)} to ${formatMoment(to)}:`,
    indent(formatColumns([...rows, ...skipped])),
    ...namesOf('never delivered', found.missing),
    ...namesOf('delivered in part', found.partial),
    ...(requeued > 0 ? [`asked for: ${formatCount(requeued, 'object')}`] : []),
  ].join('\n');
}

function countOf(counts: Readonly<Record<string, number>>, verdict: string): number {
  return counts[verdict] ?? 0;
}

function namesOf(heading: string, objects: readonly ObjectRef[]): readonly string[] {
  if (objects.length === 0) return [];
  return [
    `${heading}:`,
    ...objects.map(
      (object) =>
        `  ${nameOfSource({ bucket: object.bucket, prefix: object.key })}  (${formatMoment(object.lastModifiedMs)})`,
    ),
  ];
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

function jsonOf(found: Audit, { from, to }: AuditOptions, requeued: number): object {
  return {
    from: formatMoment(from),
    to: formatMoment(to),
    counts: found.counts,
    notOurs: Object.fromEntries(found.notOurs),
    missing: found.missing.map(named),
    partial: found.partial.map(named),
    quarantined: found.quarantined.map(named),
    requeued,
  };
}

function named({ bucket, key, etag, sizeBytes, lastModifiedMs }: ObjectRef): object {
  return { bucket, key, etag, sizeBytes, lastModified: formatMoment(lastModifiedMs) };
}
