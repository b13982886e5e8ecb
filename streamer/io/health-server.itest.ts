import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HealthReport } from '../telemetry/health-monitor.ts';
import { type HealthServer, startHealthServer } from './health-server.ts';

const WELL: HealthReport = {
  checks: { s3: { isHealthy: true, text: 'OK' }, http: { isHealthy: true, text: 'OK' } },
  message: 'all is well',
  isReady: true,
};
const SICK: HealthReport = {
  checks: { s3: { isHealthy: false, text: 'ERROR: no answer' }, http: { isHealthy: true, text: 'OK' } },
  message: 'S3 does not answer',
  isReady: false,
};

const open: HealthServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function start(
  report: () => HealthReport = () => WELL,
  options: { port?: number; host?: string } = {},
): Promise<HealthServer> {
  const server = await startHealthServer({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    healthPath: '/health',
    report,
    metrics: async () => 'up 1\n',
    live: () => '{"live":true}',
  });
  open.push(server);
  return server;
}

async function ask(server: HealthServer, path: string) {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

/** What an HTTP client would never send, but a port scanner does. */
async function sendRaw(server: HealthServer, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (piece) => (answer += piece.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('the health server', () => {
  it('answers /health with the documented JSON', async () => {
    const { status, type, body } = await ask(await start(), '/health');
    expect({ status, type }).toEqual({ status: 200, type: 'application/json' });
    expect(body).toEqual({
      status: 'healthy',
      checks: { s3: 'OK', http: 'OK' },
      message: 'all is well',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  it('answers 503 while a dependency is ill, and says which', async () => {
    const server = await start(() => SICK);
    expect(await ask(server, '/health')).toMatchObject({
      status: 503,
      body: { status: 'unhealthy', checks: { s3: 'ERROR: no answer', http: 'OK' }, message: 'S3 does not answer' },
    });
    expect(await ask(server, '/ready')).toMatchObject({
      status: 503,
      body: { status: 'not ready', message: 'S3 does not answer' },
    });
  });

  it('tells apart being ready and being alive', async () => {
    let report = SICK;
    const server = await start(() => report);
    expect((await ask(server, '/live')).status).toBe(200);
    expect((await ask(server, '/ready')).status).toBe(503);
    report = WELL;
    expect(await ask(server, '/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it('takes no notice of a query, and names its paths where there is none', async () => {
    const server = await start();
    expect((await ask(server, '/ready?from=probe')).status).toBe(200);
    expect(await ask(server, '/nowhere')).toEqual({
      status: 404,
      type: 'application/json',
      body: { error: expect.stringContaining('/health') },
    });
  });

  // `new URL('//', base)` throws, and an exception in a request handler ends the process.
  it.each(['//', '///health', 'http://', '*', '/%zz', '/\\', 'http://[::1'])(
    'survives a request for %j',
    async (target) => {
      const server = await start();
      expect(await sendRaw(server, `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1.1 [24]/,
      );
      expect((await ask(server, '/live')).status).toBe(200);
    },
  );

  it('gives Prometheus its text, the page its JSON, and changes nothing for anybody', async () => {
    const server = await start();
    const at = (path: string): string => `http://127.0.0.1:${server.port}${path}`;
    const metrics = await fetch(at('/metrics'));
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(await metrics.text()).toBe('up 1\n');
    expect(await (await fetch(at('/live.json'))).json()).toEqual({ live: true });
    expect((await fetch(at('/ready'), { method: 'POST' })).status).toBe(405);
    expect(await (await fetch(at('/ready'), { method: 'HEAD' })).text()).toBe('');
  });

  it('answers a request whose target is a whole URL, as proxies send it', async () => {
    const server = await start();
    expect(
      await sendRaw(
        server,
        'GET http://probe.example/ready HTTP/1.1\r\nhost: probe.example\r\nconnection: close\r\n\r\n',
      ),
    ).toMatch(/^HTTP\/1.1 200/);
  });

  it('survives what is no HTTP', async () => {
    const server = await start();
    await sendRaw(server, '\x16\x03\x01\x02\x00\x01\r\n\r\n');
    expect((await ask(server, '/live')).status).toBe(200);
  });

  it('closes at once, whoever is still connected', async () => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    await new Promise<void>((resolve) => socket.write('GET /he', () => resolve()));
    await ask(server, '/live');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    open.length = 0;
    await server.close();
    await closed;
  });
});

describe('a port that cannot be opened', () => {
  it('is named with its cure when another process listens there', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    await expect(start(() => WELL, { port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringMatching(new RegExp(`127.0.0.1:${port}.*another process.*health.address`)),
    });
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('is named with its cure when the address is not of this host', async () => {
    await expect(start(() => WELL, { host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining('address of this host'),
    });
  });
});
