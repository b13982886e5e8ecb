/** What is worth knowing about a configuration that works: keys without effect, what is moved, what is read in another way than it looks. */
import { isIP } from 'node:net';
import { compileGoRegex, groupCount } from '../core/go-regex.ts';
import { compileTimeLayout } from '../core/time-layout.ts';
import { findAccessPoints } from './access-points.ts';
import type { Check, CheckInput } from './checks.ts';
import { healthOf } from './derive.ts';
import { isMapping, type KeyPath, type RawNode } from './key-path.ts';
import type { Finding } from './notes.ts';
import { findUnusedLimits } from './pass-through.ts';
import { factsAt } from './schema-walk.ts';

export const WARNINGS: readonly Check[] = [
  { reads: [['health'], ['http', 'endpoints']], find: findHealthClash },
  { reads: [['processing', 'log_formats']], find: findFormatWarnings },
  {
    reads: [
      ['processing', 'log_format'],
      ['processing', 'default_format'],
    ],
    find: findLegacyFormat,
  },
  { reads: [['discovery', 'mode']], find: findSqsAlone },
  {
    reads: [['s3'], ['discovery', 'mode'], ['processing']],
    // Listing finds all that the queue does not; with sqs alone it is a problem.
    find: ({ settings }) => (settings.discovery.mode === 'both' ? findAccessPoints(settings) : []),
  },
  { reads: [['otlp']], find: findTlsWithoutName },
  { reads: [['otlp']], find: findTlsInVain },
  { reads: [['http', 'on_full']], find: findDrops },
  { reads: [['http'], ['processing']], find: findUnusedLimits },
];

function findHealthClash({ settings }: CheckInput): readonly Finding[] {
  const { isMoved, port } = healthOf(settings);
  if (!isMoved) return [];
  const message = `port ${settings.health.address.port} is that of an endpoint on this host; health is served on port ${port}`;
  return [{ path: ['health', 'address'], message, suggestion: `Set it to a free port, such as 127.0.0.1:${port}` }];
}

function findFormatWarnings({ settings }: CheckInput): readonly Finding[] {
  return settings.processing.log_formats.flatMap((format, index) => {
    const path = ['processing', 'log_formats', index];
    const findings: Finding[] = [];
    if (groupCount(compileGoRegex(format.timestamp_regex)) > 1) {
      const message = `has several groups; the first one is the time`;
      findings.push({ path: [...path, 'timestamp_regex'], message, suggestion: 'Begin the others with (?:' });
    }
    if (
      format.timestamp_format !== 'unix' &&
      format.timestamp_format !== 'unix_ms' &&
      !compileTimeLayout(format.timestamp_format).hasYear
    ) {
      const message = `has no year, so names give no time and LastModified stands in`;
      findings.push({
        path: [...path, 'timestamp_format'],
        message,
        suggestion: 'Add the year (2006 or 06) if the names have it',
      });
    }
    return findings;
  });
}

function findLegacyFormat({ settings }: CheckInput): readonly Finding[] {
  const { log_format: legacy, default_format: current } = settings.processing;
  if (legacy === null) return [];
  const message = current === null ? 'is the older name of default_format' : 'has no effect beside default_format';
  return [
    {
      path: ['processing', 'log_format'],
      message,
      suggestion: current === null ? 'Rename it to default_format' : 'Remove it',
    },
  ];
}

function findSqsAlone({ settings }: CheckInput): readonly Finding[] {
  if (settings.discovery.mode !== 'sqs') return [];
  const message =
    'with sqs alone, an object whose event is lost or older than the retention of the queue is never read';
  return [{ path: ['discovery', 'mode'], message, suggestion: 'Use both to look for such objects by listing, too' }];
}

/** gRPC names the host in its TLS handshake, and an address is no name: every export would fail. */
function findTlsWithoutName({ settings: { otlp } }: CheckInput): readonly Finding[] {
  const { protocol, hostname } = new URL(
    /^https?:/i.test(otlp.endpoint) ? otlp.endpoint : `${otlp.insecure ? 'http' : 'https'}://${otlp.endpoint}`,
  );
  if (!otlp.enabled || protocol !== 'https:' || isIP(hostname.replaceAll(/[[\]]/g, '')) === 0) return [];
  const message = `${hostname} is an address, and TLS to the collector needs a name`;
  return [{ path: ['otlp', 'endpoint'], message, suggestion: 'Write the host name that is in its certificate' }];
}

function findTlsInVain({ settings: { otlp } }: CheckInput): readonly Finding[] {
  if (!otlp.enabled || otlp.insecure || !/^http:/i.test(otlp.endpoint)) return [];
  const message = 'has no effect: otlp.endpoint begins with http://, so metrics are sent without TLS';
  return [{ path: ['otlp', 'insecure'], message, suggestion: 'Write https:// there, or only host and port' }];
}

function findDrops({ settings }: CheckInput): readonly Finding[] {
  if (settings.http.on_full !== 'drop') return [];
  const message =
    'LINES ARE LOST whenever the endpoints are slower than S3: what finds the buffer full for a second is thrown away';
  return [{ path: ['http', 'on_full'], message, suggestion: 'Use block, which loses nothing' }];
}

/** A note for each key that has no effect here; once for all entries of a list. */
export function findIgnoredKeys(root: RawNode): readonly Finding[] {
  const findings = new Map<string, Finding>();
  const visit = (node: RawNode, path: KeyPath): void => {
    const because = factsAt(path)?.ignoredBecause ?? null;
    if (because !== null) {
      const kind = path.filter((part) => typeof part === 'string').join('.');
      if (!findings.has(kind))
        findings.set(kind, { path, message: 'has no effect here', suggestion: capitalize(because) });
    } else if (Array.isArray(node)) {
      for (const [index, child] of node.entries()) visit(child, [...path, index]);
    } else if (isMapping(node)) {
      for (const [key, child] of Object.entries(node)) visit(child, [...path, key]);
    }
  };
  visit(root, []);
  return [...findings.values()];
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
