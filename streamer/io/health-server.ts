/**
 * The health port, for reading only: `/health` (dependencies, the documented JSON), `/ready` (fit to take work), `/live` (the event loop turns), `/metrics` (for
 * Prometheus), and a page for people at `/` that shows `/live.json` once a second. Every answer is cheap, however often it is asked for.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import { StreamerError } from '../errors.ts';
import type { HealthReport } from '../telemetry/health-monitor.ts';
import { LIVE_PAGE, LIVE_PAGE_POLICY } from './live-page/page.ts';

export interface HealthServerOptions {
  readonly host: string;
  readonly port: number;
  readonly healthPath: string;
  /** These must be cheap: they are asked at every request. */
  readonly report: () => HealthReport;
  readonly metrics: () => Promise<string>;
  /** JSON for the page. */
  readonly live: () => string;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 256;
const REQUEST_MS_MAX = 10_000;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer({ requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX }, listenerFor(options));
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listenerFor(options: HealthServerOptions): RequestListener {
  const routes = routesOf(options);
  const answerTo = async (method: string, target: string): Promise<Answer> => {
    // `parse`, because `new URL` throws at a target like `//`: a port scanner must not end the process.
    const path = URL.parse(target, 'http://localhost')?.pathname ?? '';
    const route = routes.get(path);
    if (route === undefined) return json(404, { error: `no such path; there are ${[...routes.keys()].join(', ')}` });
    if (method !== 'GET' && method !== 'HEAD')
      return { ...json(405, { error: 'for reading only' }), headers: { allow: 'GET, HEAD' } };
    try {
      return await route();
    } catch (error) {
      return json(500, { error: error instanceof Error ? error.message : String(error) });
    }
  };
  return (request, response) => {
    void answerTo(request.method ?? 'GET', request.url ?? '/').then(({ status, type, body, headers }) => {
      response.writeHead(status, {
        'content-type': type,
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        ...headers,
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  };
}

function routesOf({
  healthPath,
  report,
  metrics,
  live,
}: HealthServerOptions): ReadonlyMap<string, () => Answer | Promise<Answer>> {
  return new Map<string, () => Answer | Promise<Answer>>([
    ['/', () => ({ status: 200, type: 'text/html; charset=utf-8', body: LIVE_PAGE, headers: LIVE_PAGE_POLICY })],
    ['/live.json', () => ({ status: 200, type: 'application/json', body: live() })],
    // The type that Prometheus' text format has had since 2014.
    [
      '/metrics',
      async () => ({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: await metrics() }),
    ],
    ['/live', () => json(200, { status: 'healthy' })],
    ['/ready', () => readyAnswer(report())],
    [healthPath, () => healthAnswer(report())],
  ]);
}

function readyAnswer({ isReady, message }: HealthReport): Answer {
  return json(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', message });
}

function healthAnswer({ checks, message }: HealthReport): Answer {
  const results = Object.entries(checks);
  const isHealthy = results.every(([, check]) => check.isHealthy);
  return json(isHealthy ? 200 : 503, {
    status: isHealthy ? 'healthy' : 'unhealthy',
    checks: Object.fromEntries(results.map(([name, { text }]) => [name, text])),
    message,
    timestamp: new Date().toISOString(),
  });
}

function json(status: number, body: object): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(body)}\n` };
}

async function listen(server: Server, { host, port }: HealthServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const cure =
        error.code === 'EADDRINUSE'
          ? 'another process listens there: set health.address to a free port, or health.enabled: false'
          : `${error.message}: set health.address to an address of this host`;
      reject(
        new StreamerError('PORT_IN_USE', `the health port ${host}:${port} cannot be opened: ${cure}`, { cause: error }),
      );
    });
    server.listen(port, host, resolve);
  });
}
