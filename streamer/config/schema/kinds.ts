/** The kinds of values that keys take: durations, sizes, choices... Each tells what it wants and what is wrong with a text. */
import { compileGlob } from '../../core/glob.ts';
import { compileGoRegex, groupCount } from '../../core/go-regex.ts';
import { compileTimeLayout, parseTime } from '../../core/time-layout.ts';
import type { HostAndPort, StartFrom } from '../config.ts';
import { parseBytes, parseDurationMs, parseHostAndPort } from '../units.ts';
import type { KeyKind } from './key.ts';

/** `${NAME}` may stand for anything: an editor cannot know what it will be. */
const VARIABLE_JSON = { type: 'string', pattern: String.raw`\$\{[A-Za-z_][A-Za-z0-9_]*\}` };

const STRING_DEFAULTS = { native: 'string', json: { type: 'string' }, values: [], isSecret: false } as const;

export function duration(min: string, max: string): KeyKind<number> {
  const minMs = parseDurationMs(min) ?? 0;
  const maxMs = parseDurationMs(max) ?? 0;
  const pattern = '^(0|([0-9]*[.]?[0-9]+(ns|us|µs|ms|s|m|h|d))+)$';
  return {
    ...STRING_DEFAULTS,
    label: `duration, ${min} to ${max}`,
    wanted: `Use a duration from ${min} to ${max}, such as 500ms, 15s, 1m30s, 24h or 7d`,
    json: { anyOf: [{ type: 'string', pattern }, { const: 0 }, VARIABLE_JSON] },
    read: (text) => {
      const durationMs = parseDurationMs(text);
      if (durationMs === null) {
        if (/^\d+(?:\.\d+)?$/.test(text)) return { wrong: 'has no unit', cure: `Did you mean ${text}s?` };
        return { wrong: 'is not a duration' };
      }
      if (durationMs < minMs) return { wrong: `is shorter than ${min}` };
      if (durationMs > maxMs) return { wrong: `is longer than ${max}` };
      return { value: durationMs };
    },
  };
}

export function size(min: string, max: string): KeyKind<number> {
  const minBytes = parseBytes(min) ?? 0;
  const maxBytes = parseBytes(max) ?? 0;
  const pattern = '^[0-9]+([.][0-9]+)? *([KMGTkmgt][Ii]?)?[Bb]?$';
  return {
    ...STRING_DEFAULTS,
    label: `size, ${min} to ${max}`,
    wanted: `Use a size from ${min} to ${max}: bytes (1048576), or with a unit (256MiB, 64 MB)`,
    native: 'number',
    json: {
      anyOf: [{ type: 'integer', minimum: minBytes, maximum: maxBytes }, { type: 'string', pattern }, VARIABLE_JSON],
    },
    read: (text) => {
      const bytes = parseBytes(text);
      if (bytes === null) {
        const match = /^(\d+) *([kmgt])$/i.exec(text);
        if (match === null) return { wrong: 'is not a size' };
        const binary = `${match[1]}${match[2]?.toUpperCase()}i`;
        return {
          wrong: 'has a unit that means two things',
          cure: `Write ${binary}B, or ${binary.slice(0, -1)}B for powers of ten`,
        };
      }
      if (bytes < minBytes) return { wrong: `is less than ${min}` };
      if (bytes > maxBytes) return { wrong: `is more than ${max}` };
      return { value: bytes };
    },
  };
}

export function integer(min: number, max: number): KeyKind<number> {
  return {
    ...STRING_DEFAULTS,
    label: `${min} to ${max}`,
    wanted: `Use a whole number from ${min} to ${max}`,
    native: 'number',
    json: { anyOf: [{ type: 'integer', minimum: min, maximum: max }, VARIABLE_JSON] },
    read: (text) => {
      if (!/^-?\d[\d_]*$/.test(text)) return { wrong: 'is not a whole number' };
      const value = Number(text.replaceAll('_', ''));
      if (value < min) return { wrong: `is less than ${min}` };
      if (value > max) return { wrong: `is more than ${max}` };
      return { value };
    },
  };
}

/** Also YAML 1.1's words, which the original's parser took. */
const WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
]);

export function flag(): KeyKind<boolean> {
  return {
    ...STRING_DEFAULTS,
    label: 'true, false',
    wanted: 'Use true or false',
    native: 'boolean',
    json: { anyOf: [{ type: 'boolean' }, VARIABLE_JSON] },
    values: ['true', 'false'],
    read: (text) => {
      const value = WORDS.get(text.toLowerCase());
      return value === undefined ? { wrong: 'is neither true nor false' } : { value };
    },
  };
}

/** Letter case does not matter, as in the original. */
export function choice<const V extends string>(...values: readonly V[]): KeyKind<V> {
  return {
    ...STRING_DEFAULTS,
    label: values.join(', '),
    wanted: `Use one of: ${values.join(', ')}`,
    values,
    json: { anyOf: [{ enum: values }, VARIABLE_JSON] },
    read: (text) => {
      const value = values.find((candidate) => candidate === text.toLowerCase());
      return value === undefined ? { wrong: 'is not possible here' } : { value };
    },
  };
}

/** Any text: also one that YAML types as a number. */
export function anyText(): KeyKind<string> {
  return {
    ...STRING_DEFAULTS,
    label: 'text',
    wanted: 'Give it a value',
    json: { type: ['string', 'number'] },
    read: (value) => ({ value }),
  };
}

export function secret(): KeyKind<string> {
  return { ...anyText(), label: 'secret', isSecret: true };
}

/** A text of a shape. `wrong` completes "<value> ..." */
export function shaped(label: string, pattern: RegExp, wrong: string, wanted: string): KeyKind<string> {
  return {
    ...STRING_DEFAULTS,
    label,
    wanted,
    read: (value) => (pattern.test(value) ? { value } : { wrong }),
  };
}

/** Credentials in a URL would end up in logs; they have keys of their own. */
export function httpUrl(): KeyKind<string> {
  return {
    ...STRING_DEFAULTS,
    label: 'URL',
    wanted: 'Use a URL such as http://localhost:8080',
    read: (value) => {
      const url = URL.canParse(value) ? new URL(value) : null;
      const isHttp = url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
      if (!isHttp || !/^https?:\/\//i.test(value)) {
        const isHostOnly = /^[\w.-]+(?::\d+)?(?:\/\S*)?$/.test(value);
        return isHostOnly
          ? { wrong: 'is not a URL', cure: `Did you mean http://${value}?` }
          : { wrong: 'is not an http:// or https:// URL' };
      }
      if (url.username !== '' || url.password !== '')
        return { wrong: 'holds a user name or password, which would end up in logs' };
      if (url.hash !== '') return { wrong: 'holds a #, which is never sent' };
      return { value };
    },
  };
}

export function hostAndPort(example: string): KeyKind<HostAndPort> {
  return addressKind(example, (address) => address.host !== '' && address.port > 0);
}

/** Where a server listens: the host may be empty (every address) and the port 0 (the system chooses). */
export function listenAddress(): KeyKind<HostAndPort> {
  return addressKind('127.0.0.1:8080, or :8080 to listen on every address', () => true);
}

function addressKind(example: string, isPossible: (address: HostAndPort) => boolean): KeyKind<HostAndPort> {
  return {
    ...STRING_DEFAULTS,
    label: 'host:port',
    wanted: `Write it like ${example}`,
    read: (value) => {
      const address = parseHostAndPort(value);
      return address !== null && isPossible(address) ? { value: address } : { wrong: 'is not host:port' };
    },
  };
}

const MOMENTS = ['2006-01-02', '2006-01-02T15:04:05', '2006-01-02T15:04:05Z07:00'].map(compileTimeLayout);

export function startFrom(): KeyKind<StartFrom> {
  return {
    ...STRING_DEFAULTS,
    label: 'now, beginning or a time',
    wanted: 'Use now, beginning, or a time (UTC) such as 2025-10-12T21:41:32Z',
    values: ['now', 'beginning'],
    read: (value) => {
      if (value === 'now' || value === 'beginning') return { value };
      const momentMs = MOMENTS.map((layout) => parseTime(layout, value)).find((parsed) => parsed !== null);
      return momentMs === undefined ? { wrong: 'is neither now, beginning nor a time' } : { value: momentMs };
    },
  };
}

export function glob(): KeyKind<string> {
  return {
    ...STRING_DEFAULTS,
    label: 'glob',
    wanted: 'Use *, ? and [a-z]; a pattern with a / matches the whole key below the prefix',
    read: (value) => {
      const compiled = compileGlob(value);
      return compiled.kind === 'glob' ? { value } : { wrong: `is not a glob: ${compiled.reason}` };
    },
  };
}

export function timestampRegex(): KeyKind<string> {
  return {
    ...STRING_DEFAULTS,
    label: 'regular expression',
    wanted: String.raw`Use a regular expression with one group around the time, such as _(\d{8}T\d{4}Z)_`,
    read: (value) => {
      try {
        return groupCount(compileGoRegex(value)) > 0 ? { value } : { wrong: 'has no group ( ) around the time' };
      } catch (error) {
        // V8 says "Invalid regular expression: /<the expression>/<flags>: <reason>"; only the reason is wanted.
        const reason = error instanceof Error ? error.message.slice(error.message.lastIndexOf(': ') + 1).trim() : '';
        return { wrong: `is not a regular expression: ${reason}` };
      }
    },
  };
}
