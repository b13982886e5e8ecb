/**
 * `replay`: has everything of a period delivered again, whether complete or not: duplicates by intent. It only writes requests into the state; the streamer
 * delivers them as backlog, behind everything live, with its own limits.
 */
import { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { compileFormats } from '../core/format.ts';
import { StreamerError } from '../errors.ts';
import type { WantedRequest } from '../io/state-admin.ts';
import type { ObjectRecord, ObjectRef } from '../ports.ts';
import { selectionOf } from '../source-selection.ts';
import { configOption, jsonOption, TIME_HELP } from './arguments.ts';
import { type Bucket, withBucket } from './bucket.ts';
import { loadConfig } from './load-config.ts';
import { formatMoment } from './moment.ts';
import { formatBytes, formatCount, formatNumber, print, printJson, Progress } from './output.ts';
import { addPeriodOptions, checkPeriod, objectsOfPeriod, type PeriodOptions } from './period.ts';
import { changeState, type StateView } from './state-access.ts';

interface ReplayOptions extends PeriodOptions {
  readonly config: string;
  readonly dryRun?: true;
  readonly json?: true;
}

interface Replay {
  objects: number;
  gzBytes: number;
  /** Of them, those that were delivered before, in whole or in part. */
  again: number;
}

export function replayCommand(): Command {
  const command = new Command('replay')
    .description('deliver everything of a period again, as backlog (duplicates by intent)')
    .addOption(configOption());
  return addPeriodOptions(command)
    .option('--dry-run', 'only count')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
${TIME_HELP}
A running streamer takes the objects up within seconds, a stopped one when it
runs next; live objects always go first. \`state show\` tells how many are left.
A repeated batch has the Idempotency-Key that it had before: a receiver that
drops repetitions by it drops these too.

Example: s3-edgedelta-streamer replay -c config.yaml --from -3h --to "2h ago"`,
    )
    .action(async (options: ReplayOptions) => replay((await loadConfig(options.config)).config, options));
}

async function replay(config: Config, options: ReplayOptions): Promise<void> {
  checkPeriod(options);
  const desk = await changeState(config);
  try {
    const sum = await withBucket(config, async (bucket) => {
      const wanted: Replay = { objects: 0, gzBytes: 0, again: 0 };
      for await (const requests of requestsOfPeriod(config, options, bucket, desk.view)) {
        if (!options.dryRun) await desk.want(requests);
        wanted.objects += requests.length;
        for (const { object, kind } of requests) {
          wanted.gzBytes += object.sizeBytes;
          if (kind === 'again') wanted.again += 1;
        }
      }
      return wanted;
    });
    if (sum.objects === 0) {
      throw new StreamerError(
        'PROVES_NOTHING',
        `no object of ours was last modified from ${formatMoment(options.from)} to ${formatMoment(options.to)}: nothing to replay. Check --from, --to and s3.prefix`,
      );
    }
    if (options.json) printJson({ ...sum, dryRun: options.dryRun });
    else print(textOf(sum, options, await desk.view.isInUse()));
  } finally {
    await desk.close();
  }
}

async function* requestsOfPeriod(
  config: Config,
  options: ReplayOptions,
  bucket: Bucket,
  view: StateView,
): AsyncGenerator<readonly WantedRequest[], void, void> {
  const formats = compileFormats(config.processing.formats);
  const forgottenBeforeMs = (await view.forgottenBeforeMs()) ?? -Infinity;
  const progress = new Progress();
  for (const [index, source] of config.s3.sources.entries()) {
    const selection = selectionOf(config, formats, index);
    for await (const objects of objectsOfPeriod(bucket, source, options, progress)) {
      const ours = objects.filter((object) => selection.selectByName(object, Date.now()).kind === 'task');
      const records = await view.lookup(ours);
      yield ours.map((object, at) => requestFor(object, records[at], forgottenBeforeMs));
    }
  }
}

/**
 * An object that state does not know is delivered once, not twice, when discovery finds it at the same time. What is set aside of it meanwhile is not delivered for
 * this request, and stays open.
 */
export function requestFor(
  object: ObjectRef,
  record: ObjectRecord | undefined,
  forgottenBeforeMs: number,
): WantedRequest {
  const isUnknown = record?.kind === 'unknown' && object.lastModifiedMs >= forgottenBeforeMs;
  return isUnknown
    ? { object, kind: 'missing', settled: [], quarantineIds: [] }
    : { object, kind: 'again', settled: [], quarantineIds: 'all' };
}

function textOf({ objects, gzBytes, again }: Replay, { dryRun }: ReplayOptions, isInUse: boolean): string {
  const what = `${formatCount(objects, 'object')}, ${formatBytes(gzBytes)} as stored, ${formatNumber(again)} of them delivered before`;
  if (dryRun) return `would be asked for: ${what}`;
  const taker = isInUse
    ? 'the running streamer takes them up within seconds'
    : 'the streamer takes them up when it runs next';
  return `asked for: ${what}; ${taker}, as backlog`;
}
