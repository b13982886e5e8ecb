/**
 * `state migrate`: takes over the progress of the original. Its watermark is the newest time stamp that any of its workers had finished, so older files
 * may still have been under way when it was saved: ours begins `--overlap` before it, and what was delivered in that time comes a second time.
 */
import { Command, Option } from 'commander';
import { parseDurationMs } from '../config/units.ts';
import { StreamerError } from '../errors.ts';
import { NOTHING } from '../io/remembered.ts';
import { durationArgument, jsonOption } from './arguments.ts';
import { loadConfig } from './load-config.ts';
import { formatMoment } from './moment.ts';
import { beginWith, openMigrationSource } from './migration.ts';
import { type OriginalProgress, parseOriginalState } from './original-state.ts';
import { formatBytes, formatCount, formatDuration, print, printJson } from './output.ts';

const OVERLAP = '15m';

interface MigrateOptions {
  readonly config: string;
  readonly from: string;
  readonly keyPrefix: string;
  readonly overlap: number;
  readonly force?: true;
  readonly json?: true;
}

export function migrateCommand(): Command {
  return new Command('migrate')
    .description("take over the original's progress, or move ours: file <-> Redis")
    .requiredOption('-c, --config <file>', 'YAML configuration: its `state` is where ours will be')
    .requiredOption('--from <place>', "the original's state.json, our state.db, or redis://host; not changed")
    .option('--key-prefix <prefix>', 'of a --from in Redis', 's3-streamer')
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
Stop the original and the streamer first. In Redis, our state is looked for
under the key prefix, and then the original's. --overlap is for that alone.

Example: s3-edgedelta-streamer state migrate -c config.yaml --from state.json`,
    )
    .action(migrate);
}

async function migrate(options: MigrateOptions): Promise<void> {
  const { from, overlap, force, json } = options;
  const { config } = await loadConfig(options.config);
  const source = await openMigrationSource(from, options.keyPrefix);
  try {
    if (source.kind === 'ours') {
      const { setAside, path } = await beginWith(config, source, force === true);
      if (json) printJson({ path, from: source.name, setAside });
      else print(movedText(source.name, path, setAside));
      return;
    }
  } finally {
    await source.close();
  }
  const progress = progressIn(source.text, from);
  const startMs = trustedMs(progress, Date.now()) - overlap;
  const head = { startFromMs: startMs, floorMs: startMs };
  const { setAside, path } = await beginWith(
    config,
    { name: from, remembered: [{ ...NOTHING, head }] },
    force === true,
  );
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

function progressIn(text: string, from: string): OriginalProgress {
  const original = parseOriginalState(text);
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

function movedText(from: string, path: string, setAside: string | null): string {
  return [
    `${path}: goes on where ${from} stands, which is not changed`,
    ...(setAside === null ? [] : [`the state that was there is now ${setAside}`]),
    'start no streamer on the old one again: the two know nothing of each other',
  ].join('\n');
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
