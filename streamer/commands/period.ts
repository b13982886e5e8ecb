/** The period of `audit` and `replay`: objects by LastModified, because that is how state and discovery tell old from new. */
import { type Command, Option } from 'commander';
import type { SourceConfig } from '../config/config.ts';
import { StreamerError } from '../errors.ts';
import type { ObjectRef } from '../ports.ts';
import { momentArgument } from './arguments.ts';
import { type Bucket, nameOfSource } from './bucket.ts';
import { formatMoment } from './moment.ts';
import { formatCount, type Progress } from './output.ts';

export interface PeriodOptions {
  readonly from: number;
  readonly to: number;
  readonly skipOtherDates?: true;
}

export function addPeriodOptions(command: Command): Command {
  return command
    .requiredOption('--from <TIME>', 'objects last modified at TIME or later', momentArgument)
    .addOption(new Option('--to <TIME>', 'and before this TIME').argParser(momentArgument).default(Date.now(), 'now'))
    .option(
      '--skip-other-dates',
      'only folders dated in the period: faster, but blind to objects that came much later than their date',
      false,
    );
}

export function checkPeriod({ from, to }: PeriodOptions): void {
  if (from < to) return;
  throw new StreamerError(
    'USAGE',
    `--from ${formatMoment(from)} is not before --to ${formatMoment(to)}: the period would be empty`,
  );
}

/** Every object of the source in the period, page by page. */
export async function* objectsOfPeriod(
  bucket: Bucket,
  source: SourceConfig,
  { from, to, skipOtherDates }: PeriodOptions,
  progress: Progress,
): AsyncGenerator<readonly ObjectRef[], void, void> {
  let listed = 0;
  const pages = bucket.walk(source, ({ startMs, endMs }) => !skipOtherDates || (startMs < to && endMs > from));
  for await (const { folder, objects } of pages) {
    listed += objects.length;
    progress.tell(`${nameOfSource(source)}${folder}: ${formatCount(listed, 'object')} listed`);
    yield objects.filter(({ lastModifiedMs }) => lastModifiedMs >= from && lastModifiedMs < to);
  }
  progress.end();
}
