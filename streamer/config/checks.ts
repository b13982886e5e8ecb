/**
 * What keys mean together: problems that no single key shows. A check runs only when all keys that it reads are good by themselves, so that one
 * mistake is told once.
 */
import { AUTO } from '../core/format.ts';
import { findAccessPoints } from './access-points.ts';
import { bufferBytesOf, defaultFormatOf, formatsOf, regionOf, sourcesOf } from './derive.ts';
import type { Environment } from './environment.ts';
import type { KeyPath } from './key-path.ts';
import { nearest } from './nearest.ts';
import type { Finding } from './notes.ts';
import { findPassThroughProblems } from './pass-through.ts';
import type { Settings } from './schema.ts';

export interface CheckInput {
  readonly settings: Settings;
  readonly env: Environment;
  readonly isStated: (path: KeyPath) => boolean;
}

export interface Check {
  readonly reads: readonly KeyPath[];
  readonly find: (input: CheckInput) => readonly Finding[];
}

/** A batch is cut, queued, sent and sent again; a long line is held while it arrives and while it is sent. */
const BATCHES_HELD = 8;
const LONG_LINES_HELD = 2;

/** Set by the streamer itself, for each batch, or by the connection: undici sends no request that has them. */
const HEADERS_OF_OURS: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'host',
  'connection',
  'keep-alive',
  'upgrade',
  'transfer-encoding',
  'expect',
  'idempotency-key',
]);

export const CHECKS: readonly Check[] = [
  {
    reads: [
      ['s3', 'bucket'],
      ['s3', 'sources'],
      ['s3', 'prefix'],
    ],
    find: findBucketProblem,
  },
  {
    reads: [
      ['s3', 'sources'],
      ['s3', 'bucket'],
      ['s3', 'prefix'],
    ],
    find: findOverlaps,
  },
  {
    reads: [
      ['s3', 'region'],
      ['s3', 'endpoint'],
    ],
    find: findRegionProblem,
  },
  { reads: [['http', 'endpoints']], find: findEndpointProblems },
  { reads: [['http', 'auth']], find: findAuthProblems },
  {
    reads: [
      ['http', 'headers'],
      ['http', 'auth', 'type'],
    ],
    find: findHeaderProblems,
  },
  { reads: [['http', 'tls']], find: ({ settings }) => findTlsProblem(['http', 'tls'], settings.http.tls) },
  {
    reads: [
      ['http', 'batch_bytes'],
      ['http', 'buffer_bytes'],
      ['memory', 'limit'],
    ],
    find: findBufferProblem,
  },
  {
    reads: [
      ['http', 'batch_bytes'],
      ['processing', 'max_line_bytes'],
      ['memory', 'limit'],
    ],
    find: findMemoryProblem,
  },
  {
    reads: [
      ['processing', 'delay_window'],
      ['processing', 'lookback'],
      ['processing', 'lookback_interval'],
    ],
    find: findWindowProblems,
  },
  { reads: [['processing', 'log_formats']], find: findFormatNameProblems },
  { reads: [['processing'], ['s3', 'sources']], find: findFormatChoiceProblems },
  { reads: [['http'], ['s3', 'sources'], ['processing']], find: findPassThroughProblems },
  { reads: [['discovery']], find: findQueueProblem },
  {
    reads: [['s3'], ['discovery', 'mode'], ['processing']],
    find: ({ settings }) => (settings.discovery.mode === 'sqs' ? findAccessPoints(settings) : []),
  },
  { reads: [['state', 'redis']], find: findRedisProblems },
];

function findBucketProblem({ settings, isStated }: CheckInput): readonly Finding[] {
  const { bucket, sources } = settings.s3;
  if (sources === undefined) {
    if (bucket !== null) return [];
    return [
      {
        path: ['s3', 'bucket'],
        message: 'is missing',
        suggestion: 'Name the bucket to read, or several under s3.sources',
      },
    ];
  }
  if (sources.length === 0)
    return [{ path: ['s3', 'sources'], message: 'is empty', suggestion: 'Name a bucket in it, or use s3.bucket' }];
  const besides = (['bucket', 'prefix'] as const).filter((key) => isStated(['s3', key]));
  return besides.map((key) => ({
    path: ['s3', key],
    message: 'has no effect beside s3.sources',
    suggestion: 'Move it into an entry of s3.sources',
  }));
}

/** An object below two prefixes would be read by both. */
function findOverlaps({ settings }: CheckInput): readonly Finding[] {
  const sources = sourcesOf(settings);
  return sources.flatMap((source, index) => {
    const other = sources.findIndex(
      (candidate, otherIndex) =>
        otherIndex !== index &&
        candidate.bucket === source.bucket &&
        source.prefix.startsWith(candidate.prefix) &&
        (candidate.prefix !== source.prefix || otherIndex < index),
    );
    if (other === -1) return [];
    const message = `lies inside s3.sources[${other}]: its objects would be read twice`;
    return [
      { path: ['s3', 'sources', index], message, suggestion: 'Remove one of the two, or make their prefixes distinct' },
    ];
  });
}

function findRegionProblem({ settings, env }: CheckInput): readonly Finding[] {
  if (regionOf(settings, env) !== null) return [];
  return [
    { path: ['s3', 'region'], message: 'is missing', suggestion: 'Use a region such as us-east-1, or set AWS_REGION' },
  ];
}

function findEndpointProblems({ settings }: CheckInput): readonly Finding[] {
  const endpoints = settings.http.endpoints ?? [];
  if (endpoints.length === 0) {
    const suggestion = 'List the URLs of your EdgeDelta HTTP inputs, such as http://localhost:8080';
    return [
      {
        path: ['http', 'endpoints'],
        message: settings.http.endpoints === undefined ? 'is missing' : 'is empty',
        suggestion,
      },
    ];
  }
  const urls = endpoints.map((endpoint) => new URL(endpoint).href);
  return urls.flatMap((url, index) => {
    const first = urls.indexOf(url);
    if (first === index) return [];
    const message = `is the same as http.endpoints[${first}]`;
    return [
      {
        path: ['http', 'endpoints', index],
        message,
        suggestion: 'List each endpoint once; they share the load evenly',
      },
    ];
  });
}

/** What a header can carry: no line break, and nothing beyond Latin-1. */
const HEADER_VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;
/** `basic` encodes user name and password; RFC 7617 bars these from them, and no agent expects them. */
const CONTROL_CHARACTER = /\p{Cc}/u;

/** Which keys each kind of authorization takes. */
const AUTH_KEYS = { none: [], bearer: ['token'], basic: ['username', 'password'] } as const;

function findAuthProblems({ settings }: CheckInput): readonly Finding[] {
  const { auth } = settings.http;
  const needed: readonly string[] = AUTH_KEYS[auth.type];
  const stated = (['token', 'username', 'password'] as const).filter((key) => auth[key] !== null);
  const missing = needed.filter((key) => !stated.some((candidate) => candidate === key));
  return [
    ...missing.map((key) => ({
      path: ['http', 'auth', key],
      message: `is missing: http.auth.type is ${auth.type}`,
      suggestion: 'Take it from the environment: ${NAME}',
    })),
    ...stated
      .filter((key) => !needed.includes(key))
      .map((key) => ({
        path: ['http', 'auth', key],
        message: `has no effect: http.auth.type is ${auth.type}`,
        suggestion:
          key === 'token' ? 'Set http.auth.type to bearer, or remove it' : 'Set http.auth.type to basic, or remove it',
      })),
    ...stated
      .filter((key) => needed.includes(key) && !isPossibleAuth(key, auth[key] ?? ''))
      .map((key) => ({
        path: ['http', 'auth', key],
        message: 'the value holds a line break or another character that cannot be sent',
        suggestion: 'Remove it. The file of a secret often ends in a line break: write it without (printf, not echo)',
      })),
  ];
}

function isPossibleAuth(key: 'token' | 'username' | 'password', value: string): boolean {
  return key === 'token' ? HEADER_VALUE.test(value) : !CONTROL_CHARACTER.test(value);
}

function findHeaderProblems({ settings }: CheckInput): readonly Finding[] {
  const { headers, auth } = settings.http;
  return Object.entries(headers).flatMap(([name, value]) => {
    const path = ['http', 'headers', name];
    const lower = name.toLowerCase();
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      return [{ path, message: 'is not a possible header name', suggestion: 'Use letters, digits and -' }];
    if (HEADERS_OF_OURS.has(lower))
      return [{ path, message: 'is set by the streamer itself', suggestion: 'Remove it' }];
    if (lower === 'authorization' && auth.type !== 'none')
      return [{ path, message: 'is set by http.auth too', suggestion: 'Keep one of the two' }];
    if (!HEADER_VALUE.test(value)) {
      return [
        {
          path,
          message: 'the value holds a line break or a character that headers cannot carry',
          suggestion: 'Remove it',
        },
      ];
    }
    return [];
  });
}

function findTlsProblem(
  path: KeyPath,
  { cert_file: cert, key_file: key }: Settings['http']['tls'],
): readonly Finding[] {
  if ((cert === null) === (key === null)) return [];
  const missing = cert === null ? 'cert_file' : 'key_file';
  return [
    {
      path: [...path, missing],
      message: 'is missing: a client certificate needs cert_file and key_file',
      suggestion: 'Give both, or neither',
    },
  ];
}

function findBufferProblem({ settings }: CheckInput): readonly Finding[] {
  const bufferBytes = bufferBytesOf(settings);
  const { batch_bytes: batchBytes } = settings.http;
  if (bufferBytes > settings.memory.limit) {
    return [
      {
        path: ['http', 'buffer_bytes'],
        message: 'is more than memory.limit',
        suggestion: 'Lower it, or raise memory.limit',
      },
    ];
  }
  if (bufferBytes < batchBytes) {
    const message = `a batch of http.batch_bytes (${batchBytes}) does not fit into the buffer (${bufferBytes})`;
    return [{ path: ['http', 'buffer_bytes'], message, suggestion: 'Raise it, or lower http.batch_bytes' }];
  }
  return [];
}

function findMemoryProblem({ settings }: CheckInput): readonly Finding[] {
  const neededBytes = BATCHES_HELD * settings.http.batch_bytes + LONG_LINES_HELD * settings.processing.max_line_bytes;
  if (settings.memory.limit >= neededBytes) return [];
  const message = `is too small: ${BATCHES_HELD} batches and ${LONG_LINES_HELD} of the longest lines must fit, ${neededBytes} bytes`;
  return [
    {
      path: ['memory', 'limit'],
      message,
      suggestion: 'Raise it, or lower http.batch_bytes or processing.max_line_bytes',
    },
  ];
}

function findWindowProblems({ settings }: CheckInput): readonly Finding[] {
  const { lookback, lookback_interval: interval, delay_window: delay } = settings.processing;
  const path = ['processing', 'lookback'];
  if (lookback <= delay) {
    const message =
      'is not longer than processing.delay_window: objects would be out of the window before they may be read';
    return [{ path, message, suggestion: 'Raise it, or lower processing.delay_window' }];
  }
  if (lookback < interval) {
    const message =
      'is shorter than processing.lookback_interval: objects that come late could be missed between two sweeps';
    return [{ path, message, suggestion: 'Raise it, or lower processing.lookback_interval' }];
  }
  return [];
}

function findFormatNameProblems({ settings }: CheckInput): readonly Finding[] {
  const names = settings.processing.log_formats.map((format) => format.name);
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (first === index) return [];
    const message = `is also the name of processing.log_formats[${first}]`;
    return [
      { path: ['processing', 'log_formats', index, 'name'], message, suggestion: 'Give each format a name of its own' },
    ];
  });
}

function findFormatChoiceProblems({ settings }: CheckInput): readonly Finding[] {
  const names = [AUTO, ...formatsOf(settings.processing).map((format) => format.name)];
  const key = settings.processing.default_format === null ? 'log_format' : 'default_format';
  const choices: readonly { readonly path: KeyPath; readonly name: string | null }[] = [
    { path: ['processing', key], name: defaultFormatOf(settings.processing) },
    ...(settings.s3.sources ?? []).map(({ format }, index) => ({
      path: ['s3', 'sources', index, 'format'],
      name: format,
    })),
  ];
  return choices.flatMap(({ path, name }) => {
    if (name === null || names.includes(name)) return [];
    const similar = nearest(name, names);
    const suggestion = similar === null ? `There are: ${names.join(', ')}` : `Did you mean ${similar}?`;
    return [{ path, message: 'is not the name of a format', suggestion }];
  });
}

function findQueueProblem({ settings }: CheckInput): readonly Finding[] {
  const { mode, queue_url: queueUrl } = settings.discovery;
  if (mode === 'poll' || queueUrl !== null) return [];
  return [
    {
      path: ['discovery', 'queue_url'],
      message: `is missing: discovery.mode is ${mode}`,
      suggestion: 'Give the URL of the queue, or use poll',
    },
  ];
}

function findRedisProblems({ settings }: CheckInput): readonly Finding[] {
  const { redis } = settings.state;
  const findings: Finding[] = [...findTlsProblem(['state', 'redis', 'tls'], redis.tls)];
  if (redis.url !== null && !isReadableUrl(redis.url)) {
    findings.push({
      path: ['state', 'redis', 'url'],
      message: 'the user name or password in it cannot be read',
      suggestion: 'Write % as %25, / as %2F, # as %23 and ? as %3F in them, or use state.redis.username and password',
    });
  }
  if (redis.url !== null && redis.sentinels.length > 0) {
    findings.push({
      path: ['state', 'redis', 'url'],
      message: 'is there beside sentinels',
      suggestion: 'Keep one of the two',
    });
  }
  if (redis.sentinels.length > 0 && redis.name === null) {
    findings.push({
      path: ['state', 'redis', 'name'],
      message: 'is missing: sentinels need it',
      suggestion: 'Give the name of the master, often mymaster',
    });
  }
  return findings;
}

function isReadableUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  // Each % begins a character: decoding throws else, deep inside the client of Redis.
  return [username, password].every((part) => {
    try {
      return decodeURIComponent(part) !== '' || part === '';
    } catch (error) {
      if (error instanceof URIError) return false;
      throw error;
    }
  });
}
