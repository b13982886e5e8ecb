/** The original's `state.json`: reading it, and noticing it before a first start would ignore the progress in it. */
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { StreamerError } from '../errors.ts';
import { databasePathOf } from '../io/state-database.ts';
import type { LoadedConfig } from './load-config.ts';

export interface OriginalProgress {
  /** The newest time stamp of a file that any of its workers had finished; epoch ms. */
  readonly watermarkMs: number;
  /** When it last saved; null when it does not say. */
  readonly savedMs: number | null;
  readonly files: number;
  readonly bytes: number;
}

export type OriginalState =
  | { readonly kind: 'progress'; readonly progress: OriginalProgress }
  /** It never finished a file. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** It writes epoch seconds; ISO times are taken, too. */
const moment = z.union([
  z.number().transform((value) => (value > 1e11 ? value : value * 1000)),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);

const stateSchema = z.object({
  last_processed_timestamp: moment,
  last_updated: moment.nullish(),
  total_files_processed: z.number().default(0),
  total_bytes_processed: z.number().default(0),
});

export function parseOriginalState(text: string): OriginalState {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', reason: 'it is not JSON' };
  }
  const parsed = stateSchema.safeParse(json);
  if (!parsed.success) return { kind: 'unreadable', reason: 'it has no last_processed_timestamp, or an odd one' };
  const { data } = parsed;
  if (data.last_processed_timestamp <= 0) return { kind: 'empty' };
  const savedMs = data.last_updated ?? 0;
  return {
    kind: 'progress',
    progress: {
      watermarkMs: data.last_processed_timestamp,
      savedMs: savedMs > 0 ? savedMs : null,
      files: data.total_files_processed,
      bytes: data.total_bytes_processed,
    },
  };
}

/**
 * The original's state file where ours will be, while ours does not exist yet; null when there is nothing to take over. A first start would begin at
 * `processing.start_from` and leave a gap behind it, so the streamer asks first.
 */
export function findOriginalState(filePath: string): OriginalState | null {
  const path = databasePathOf(filePath);
  if (path === filePath || existsSync(path) || !existsSync(filePath)) return null;
  const state = parseOriginalState(readText(filePath));
  return state.kind === 'empty' ? null : state;
}

export function refuseUnmigratedState({ config, file }: LoadedConfig): void {
  const { filePath, redis } = config.state;
  if (redis !== null) return;
  const state = findOriginalState(filePath);
  if (state !== null) throw new StreamerError('STATE_NOT_MIGRATED', adviceFor(state, filePath, file));
}

/** Also for `check` and `explain`. */
export function adviceFor(state: OriginalState, filePath: string, configFile: string): string {
  if (state.kind === 'unreadable') {
    return `${filePath} is there, but no state of the original (${state.reason}), and this program has none yet: move the file away, then start again`;
  }
  return (
    `${filePath} holds the progress of the original, which this program does not know yet. Starting without it could skip objects. To take it over, type\n` +
    `  s3-edgedelta-streamer state migrate --from ${quote(filePath)} --config ${quote(configFile)}\n` +
    'To start without it, move the file away: then processing.start_from says where to begin'
  );
}

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StreamerError(
      'USAGE',
      `${path} cannot be read (${error instanceof Error ? error.message : String(error)})`,
      { cause: error },
    );
  }
}

/** For a shell, only where it needs it. */
function quote(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
