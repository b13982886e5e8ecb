/** Values of options, as commander wants them read: the value, or an error that says what to type. */
import { InvalidArgumentError, Option } from 'commander';
import { parseDurationMs } from '../config/units.ts';
import { parseMoment } from './moment.ts';

export const TIME_HELP = 'TIME: 2025-10-12T21:41:32Z (UTC if no zone is given), epoch seconds, "2h ago"';

export function configOption(): Option {
  return new Option('-c, --config <file>', 'YAML configuration').makeOptionMandatory();
}

export function jsonOption(): Option {
  return new Option('--json', 'the result as JSON on stdout');
}

export function momentArgument(text: string): number {
  const momentMs = parseMoment(text, Date.now());
  if (momentMs !== null) return momentMs;
  throw new InvalidArgumentError(
    'It is no time. Use 2025-10-12T21:41:32Z (UTC if no zone is given), epoch seconds, or "2h ago".',
  );
}

export function durationArgument(text: string): number {
  const durationMs = parseDurationMs(text);
  if (durationMs !== null) return durationMs;
  throw new InvalidArgumentError('It is no duration. Use one such as 15m or 1h30m.');
}

export function countArgument(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is no whole number.');
}
