/** The network between the parts of a run: where a fault of the scenario is to harm it, a proxy stands there; elsewhere parts are next to each other. */
import {
  HarnessError,
  type NetworkLink,
  type Processes,
  type RedisService,
  type S3Service,
  startTcpProxy,
  type TcpProxyProcess,
} from '#simulator';
import type { NetworkAction, NetworkSpan, Scenario } from '../scenario.ts';
import type { Stage } from './context.ts';
import { sumOf } from './sum.ts';

export interface Network {
  readonly proxy: TcpProxyProcess;
  readonly links: readonly PlacedLink[];
}

interface PlacedLink extends NetworkLink {
  readonly between: NetworkSpan;
  /** Null for the generators. */
  readonly streamer: number | null;
}

type Parts = Pick<Stage, 's3' | 's3Proxy' | 'redis' | 'sink'>;

/** Null where no fault is one of the network. */
export async function startNetwork(
  scenario: Scenario,
  parts: Parts,
  processes: Processes,
  seed: number,
): Promise<Network | null> {
  const spans = scenario.faults.flatMap(({ action }) => (action.kind === 'network' ? [action.between] : []));
  if (spans.length === 0) return null;
  const links = [...new Set(spans)].flatMap((between) => linksOf(scenario, parts, between));
  const proxy = await startTcpProxy(processes, {
    links: links.map(({ name, host, port }) => ({ name, host, port })),
    seed,
  });
  return { proxy, links };
}

function linksOf({ streamers }: Scenario, parts: Parts, between: NetworkSpan): readonly PlacedLink[] {
  const urls = urlsOf(parts, between);
  const clients = between === 'generator-s3' ? [null] : Array.from({ length: streamers }, (_, streamer) => streamer);
  return clients.flatMap((streamer) =>
    urls.map((url) => ({ name: linkName(between, streamer, url), between, streamer, ...addressOf(url) })),
  );
}

function urlsOf({ s3, s3Proxy, redis, sink }: Parts, between: NetworkSpan): readonly string[] {
  switch (between) {
    case 'streamer-sink':
      return sink.endpoints;
    case 'streamer-s3':
      return [s3Proxy?.endpoint ?? s3.endpoint];
    case 'generator-s3':
      return [s3.endpoint];
    case 'streamer-redis':
      return [redisUrl(redis)];
  }
}

function redisUrl(redis: RedisService | null): string {
  if (redis === null) throw new HarnessError('usage', 'There is no Redis in this run, whose network could fail.');
  // Sentinels tell their clients where the servers are: those would go past the proxy.
  if (redis.connection.kind === 'sentinels')
    throw new HarnessError(
      'usage',
      'Faults of the network to a Redis with sentinels are not supported: choose one server.',
    );
  return redis.connection.url;
}

function linkName(between: NetworkSpan, streamer: number | null, url: string): string {
  return `${between} ${streamer ?? 'all'} ${new URL(url).host}`;
}

function addressOf(url: string): Pick<NetworkLink, 'host' | 'port'> {
  const { protocol, hostname, port } = new URL(url);
  const usualPort = { 'http:': 80, 'https:': 443, 'redis:': 6379, 'rediss:': 6379 }[protocol] ?? 0;
  return { host: hostname, port: port === '' ? usualPort : Number(port) };
}

/** What a streamer is told of the parts around it. */
export function surroundingsOf(
  { network, s3, s3Proxy, redis, sink }: Stage,
  streamer: number,
): { readonly s3: S3Service; readonly redis: RedisService | null; readonly endpoints: readonly string[] } {
  const by = (between: NetworkSpan, url: string): string => throughLink(network, between, streamer, url);
  return {
    s3: { ...s3, endpoint: by('streamer-s3', s3Proxy?.endpoint ?? s3.endpoint) },
    redis:
      redis?.connection.kind === 'url'
        ? { ...redis, connection: { kind: 'url', url: by('streamer-redis', redis.connection.url) } }
        : redis,
    endpoints: sink.endpoints.map((url) => by('streamer-sink', url)),
  };
}

/** What generators are told to be the S3. */
export function generatorS3({ network, s3 }: Stage): S3Service {
  return { ...s3, endpoint: throughLink(network, 'generator-s3', null, s3.endpoint) };
}

/** The URL as it is where no proxy stands. */
function throughLink(network: Network | null, between: NetworkSpan, streamer: number | null, text: string): string {
  const port = network?.proxy.ports.get(linkName(between, streamer, text));
  if (port === undefined) return text;
  const url = new URL(text);
  // A certificate is one for this machine only where the part runs on it.
  if (['https:', 'rediss:'].includes(url.protocol) && url.hostname !== '127.0.0.1')
    throw new HarnessError(
      'usage',
      `Faults of the network to ${url.host} are not supported: it speaks TLS, under its own name.`,
    );
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return url.pathname === '/' && !text.endsWith('/') ? url.href.replace(/\/$/, '') : url.href;
}

/** Names of the links that a fault holds for. */
export function linksHarmed(
  { links }: Network,
  { between, streamer }: Pick<NetworkAction, 'between' | 'streamer'>,
): readonly string[] {
  return links
    .filter((link) => link.between === between && (streamer === undefined || link.streamer === streamer))
    .map(({ name }) => name);
}

/** POSTs that a fault of the network met, and whose senders never had an answer: the agent may have stored each or not. */
export async function countUnansweredPosts({ network }: Stage): Promise<number> {
  if (network === null) return 0;
  const toSink = new Set(linksHarmed(network, { between: 'streamer-sink' }));
  const stats = await network.proxy.stats();
  return sumOf(
    stats.filter(({ name }) => toSink.has(name)),
    ({ unanswered }) => unanswered,
  );
}
