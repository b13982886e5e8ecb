/**
 * `check`, endpoints: connects (TCP, and TLS where the URL says so), then asks with OPTIONS. No POST is sent, not even an empty one: a receiver may
 * make a record of it. What an agent answers to OPTIONS is only told, because agents answer it as they like.
 */
import type { Socket } from 'node:net';
import { buildConnector, Pool } from 'undici';
import type { HttpConfig } from '../config/config.ts';
import { connectOptions } from '../io/http-sink.ts';
import type { TlsFiles } from '../io/tls-files.ts';
import { type Finding, messageOf } from './check-finding.ts';
import { formatCount, formatDuration } from './output.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const ANSWER_TIMEOUT_MS = 3_000;

export interface EndpointAccess {
  /** Of the endpoint, without what in its URL may be a secret. */
  readonly name: string;
  /** Sent with the OPTIONS request, as with every POST. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsFiles | null;
}

export async function checkEndpoint(endpoint: string, access: EndpointAccess): Promise<Finding> {
  const url = new URL(endpoint);
  const startMs = performance.now();
  try {
    (await connect(url, access)).destroy();
  } catch (error) {
    return {
      area: 'endpoint',
      status: 'failed',
      target: access.name,
      detail: messageOf(error),
      cure: cureOf(error, url),
    };
  }
  const connected = `${url.protocol === 'https:' ? 'TCP and TLS connect' : 'TCP connects'} (${formatDuration(performance.now() - startMs)})`;
  const { detail, cure } = await askOptions(endpoint, access);
  return {
    area: 'endpoint',
    status: cure === null ? 'ok' : 'note',
    target: access.name,
    detail: `${connected}; ${detail}`,
    cure,
  };
}

/** As the sink connects. */
async function connect(url: URL, { tls }: Pick<EndpointAccess, 'tls'>): Promise<Socket> {
  const connector = buildConnector(connectOptions({ connectTimeoutMs: CONNECT_TIMEOUT_MS, tls }));
  return new Promise((resolve, reject) => {
    connector(
      {
        hostname: url.hostname,
        host: url.host,
        protocol: url.protocol,
        port: url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port,
      },
      (error, socket) => (error === null ? resolve(socket) : reject(error)),
    );
  });
}

/**
 * What nothing here can try: an agent before 2.11 answers 200 to a body of many lines, and makes one record of it. A note, once for all endpoints; none
 * where each line travels alone.
 */
export function noteOnRecords({ batchLinesMax }: Pick<HttpConfig, 'batchLinesMax'>): readonly Finding[] {
  if (batchLinesMax === 1) return [];
  return [
    {
      area: 'config',
      status: 'note',
      target: 'http.batch_lines',
      detail: `up to ${formatCount(batchLinesMax, 'line')} in a POST, which EdgeDelta agents split into records from version 2.11 on; older ones answer 200 all the same`,
      cure: 'if yours are older: http.batch_lines: 1, or a split_with_delimiter node behind their HTTP input',
    },
  ];
}

async function askOptions(
  endpoint: string,
  { headers, tls }: Pick<EndpointAccess, 'headers' | 'tls'>,
): Promise<{ readonly detail: string; readonly cure: string | null }> {
  const { origin, pathname, search } = new URL(endpoint);
  const pool = new Pool(origin, { connect: connectOptions({ connectTimeoutMs: CONNECT_TIMEOUT_MS, tls }) });
  try {
    const answer = await pool.request({
      path: `${pathname}${search}`,
      method: 'OPTIONS',
      headers: { ...headers },
      headersTimeout: ANSWER_TIMEOUT_MS,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    await answer.body.dump();
    const detail = `OPTIONS was answered ${answer.statusCode}`;
    if (answer.statusCode === 401 || answer.statusCode === 403)
      return { detail, cure: 'if POST is refused too, correct http.auth or http.headers' };
    if (answer.statusCode === 404)
      return { detail, cure: 'if POST is refused too, correct the path in http.endpoints' };
    return { detail, cure: null };
  } catch (error) {
    const detail = `OPTIONS was not answered (${messageOf(error)})`;
    return { detail, cure: 'some agents only answer POST. If not, see that an HTTP input listens on this port' };
  } finally {
    await pool.destroy();
  }
}

function cureOf(error: unknown, url: URL): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `the host name ${url.hostname} is not known: correct http.endpoints, or DNS`;
  if (code.includes('CERT') || code.includes('SELF_SIGNED') || code.includes('VERIFY'))
    return 'the certificate is not trusted, or is not for this host: name its authority in http.tls.ca_file, or use the name it was issued for';
  if (code.includes('SSL') || code === 'EPROTO')
    return 'no TLS is spoken there: use http:// in http.endpoints, or turn TLS on in the agent';
  return `start the EdgeDelta agent with an HTTP input on port ${url.port || (url.protocol === 'https:' ? 443 : 80)}, open the way to it, or correct http.endpoints`;
}
