/** The keys that say which objects are read, when, and as what. */
import * as z from 'zod';
import { defaulted, ignored, optional, required, sectionAbout } from './key.ts';
import { choice, duration, glob, integer, shaped, size, startFrom, anyText, timestampRegex } from './kinds.ts';

const logFormat = z.strictObject({
  name: required(
    shaped(
      'text',
      /^(?!auto$)[A-Za-z0-9][\w.-]{0,63}$/,
      'is not a possible name',
      'Use letters, digits, _ . and -; auto is taken',
    ),
    'Name, for `default_format` and `format`. A shipped name replaces the shipped format.',
  ),
  filename_pattern: required(
    glob(),
    'Which objects are of this format. With a `/` it matches the key below the prefix, else the base name.',
  ),
  timestamp_regex: required(
    timestampRegex(),
    'Its first group is the time in the file name. Where it does not match, LastModified stands in.',
  ),
  timestamp_format: defaulted(anyText(), 'unix', '`unix`, `unix_ms` or a Go time layout.'),
  content_type: defaulted(
    shaped(
      'text',
      /^[\w.+-]+\/[\w.+-]+(?:\s*;\s*[\w-]+=[\w."+-]+)*$/,
      'is not a content type',
      'Use one such as text/plain or application/x-ndjson',
    ),
    'text/plain',
    'Content-Type of the batches.',
  ),
  skip_header_lines: defaulted(integer(0, 1000), '0', 'Lines at the beginning of an object that are no records.'),
  field_separator: ignored('Separator of fields.', 'lines are delivered whole, fields are not taken apart'),
});

export const processing = z
  .strictObject({
    worker_count: defaulted(integer(1, 1000), '15', 'Objects read at the same time.'),
    queue_size: defaulted(
      integer(1, 1_000_000),
      '1000',
      'Most objects found and waiting, those within `delay_window` too; live ones have as many places again. Discovery pauses then, so it must exceed objects a second x `delay_window`, of all instances together, because one lists for all.',
    ),
    scan_interval: defaulted(duration('10ms', '24h'), '15s', 'How often new objects are looked for.'),
    delay_window: defaulted(
      duration('0s', '7d'),
      '60s',
      'How old an object must be, by its file name, before it is read.',
    ),
    start_from: defaulted(
      startFrom(),
      'now',
      'Where the first start begins. Later starts go on where the last one stopped.',
    ),
    lookback: defaulted(duration('1m', '90d'), '24h', 'How far back the sweep looks for objects that came late.'),
    lookback_interval: defaulted(duration('1s', '24h'), '5m', 'How often that sweep runs.'),
    live_window: defaulted(
      duration('1s', '24h'),
      '10m',
      'Objects that could have been read longer ago than this are backlog: live ones go first.',
    ),
    max_line_bytes: defaulted(size('1KiB', '1GiB'), '10MiB', 'What becomes of a longer line says `on_long_line`.'),
    on_long_line: defaulted(
      choice('quarantine', 'split', 'truncate'),
      'quarantine',
      'What becomes of a line over `max_line_bytes`.',
    ),
    log_formats: z.array(logFormat).prefault([]).register(sectionAbout, { about: "Formats of the user's own." }),
    default_format: optional(
      anyText(),
      'Format of the objects: a name, or `auto` (by file name, the most specific pattern first; where none fits by content; else `zscaler`).',
      '`zscaler`; `auto` where there are `log_formats`',
    ),
    log_format: optional(anyText(), 'Older name of `default_format`.'),
  })
  .prefault({})
  .register(sectionAbout, { about: 'Which objects are read, when, and as what.' });
