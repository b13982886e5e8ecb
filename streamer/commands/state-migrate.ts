/**
 * `state migrate`: takes over the progress of the original. Its watermark is the newest time stamp that any of its workers had finished, so older files
 * may still have been under way when it was saved: ours begins `--overlap` before it, and what was delivered in that time comes a second time.
 */
import { Command, Option } from 'commander';
import { parseDurationMs } from '../config/units.ts';
import { StreamerError } from '../errors.ts';
import { beginState } from '../io/state-admin.ts';
import { databasePathOf } from '../io/state-database.ts';
import { openStateReader } from '../io/state-reader.ts';
import { durationArgument, jsonOption } from './arguments.ts';
import { loadConfig } from './load-config.ts';
import { formatMoment } from './moment.ts';
import { type OriginalProgress, parseOriginalState, readText } from './original-state.ts';
import { formatBytes, formatCount, formatDuration, print, printJson } from './output.ts';

const OVERLAP = '15m';

interface MigrateOptions {
  readonly config: string;
  readonly from: string;
  readonly overlap: number;
  readonly force?: true;
  readonly json?: true;
}

export function migrateCommand(): Command {
  return new Command('migrate')
    .description("take over the progress in the original's state.json")
    .requiredOption('-c, --config <file>', 'YAML configuration; state.file_path is where ours will be')
    .requiredOption('--from <file>', "the original's state.json; it is not changed")
    .addOption(
      new Option('--overlap <duration>', 'begin this long before its watermark')
        .argParser(durationArgument)
        .default(parseDurationMs(OVERLAP) ?? 0, OVERLAP),
    )
    .option('--force', 'set aside a state that is there already')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Stop the original and the streamer first. State in Redis, the original's or
ours, is not built yet: only files.

Example: s3-edgedelta-streamer state migrate -c config.yaml --from state.json`,
    )
    .action(migrate);
}

async function migrate(options: MigrateOptions): Promise<void> {
  const { from, overlap, force, json } = options;
  if (/^rediss?:/i.test(from)) {
    throw new StreamerError(
      'USAGE',
      `--from ${from.replace(/\/\/.*@/, '//')}: state in Redis is not built yet; only a state.json can be taken over`,
    );
  }
  const { config } = await loadConfig(options.config);
  const { filePath } = config.state;
  const progress = progressIn(from);
  refuseExistingState(filePath, force === true);
  const startMs = trustedMs(progress, Date.now()) - overlap;
  const head = { startFromMs: startMs, floorMs: startMs };
  const setAside = beginState(filePath, head, `replaced-${formatMoment(Date.now()).replaceAll(/[-:]/g, '')}`);
  const path = databasePathOf(filePath);
  if (json) {
    printJson({
      path,
      watermark: formatMoment(progress.watermarkMs),
      startFrom: formatMoment(startMs),
      overlapMs: overlap,
      originalFiles: progress.files,
      originalBytes: progress.bytes,
      setAside,
    });
    return;
  }
  print(textOf(progress, { from, path, overlap, startMs, setAside }));
}

function progressIn(from: string): OriginalProgress {
  const original = parseOriginalState(readText(from));
  switch (original.kind) {
    case 'progress':
      return original.progress;
    case 'empty':
      throw new StreamerError(
        'USAGE',
        `${from} holds no progress (its last_processed_timestamp is 0): there is nothing to take over. Move it away and start; processing.start_from says where to begin`,
      );
    case 'unreadable':
      throw new StreamerError('USAGE', `${from} is no state of the original: ${original.reason}`);
  }
}

function refuseExistingState(filePath: string, force: boolean): void {
  const reader = openStateReader(filePath);
  if (reader === null) return;
  const { path } = reader;
  reader.close();
  if (force) return;
  throw new StreamerError(
    'USAGE',
    `${path} exists: this program has a state of its own already, and starts from it. To begin again from the original's, add --force; the state is then set aside under another name`,
  );
}

/** A file name from the future moves the original's watermark there; it cannot have finished anything after it last saved. */
function trustedMs({ watermarkMs, savedMs }: OriginalProgress, nowMs: number): number {
  return Math.min(watermarkMs, savedMs ?? nowMs, nowMs);
}

function textOf(
  progress: OriginalProgress,
  {
    from,
    path,
    overlap,
    startMs,
    setAside,
  }: { from: string; path: string; overlap: number; startMs: number; setAside: string | null },
): string {
  const done = `${formatCount(progress.files, 'file')}, ${formatBytes(progress.bytes)}`;
  const isCapped = startMs + overlap < progress.watermarkMs;
  return [
    `${from}: watermark ${formatMoment(progress.watermarkMs)} (${done}); the file is not changed`,
    ...(isCapped
      ? [
          `its watermark is later than its last save, which cannot be: ${formatMoment(startMs + overlap)} is taken instead`,
        ]
      : []),
    `${path}: begins at ${formatMoment(startMs)}, ${formatDuration(overlap)} before it`,
    ...(setAside === null ? [] : [`the state that was there is now ${setAside}`]),
    `objects last modified since then are read; those of the overlap that the original had delivered come a second time`,
  ].join('\n');
}
