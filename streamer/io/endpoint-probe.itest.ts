import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Breakdown } from '../telemetry/breakdown.ts';
import { postedEvent } from '../testing/sample-events.ts';
import { EndpointProbe, troubleConnecting } from './endpoint-probe.ts';

const INTERVAL_MS = 50;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(port = 0): Promise<{ readonly url: URL; readonly server: Server; readonly count: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  closers.push(() => server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return { url, server, count: () => connections };
}

function probeOf(url: URL): { readonly probe: EndpointProbe; readonly breakdown: Breakdown } {
  const breakdown = new Breakdown(['http://a']);
  const probe = new EndpointProbe({ endpoints: [{ name: 'http://a', url }], breakdown, intervalMs: INTERVAL_MS });
  closers.push(() => probe.close());
  return { probe, breakdown };
}

describe('an endpoint that has nothing to do', () => {
  it('is known to be dead, and to be back, before the next object comes', async () => {
    const { url, server } = await listen();
    const { probe } = probeOf(url);
    await new Promise((resolve) => setTimeout(resolve, 3 * INTERVAL_MS));
    expect(probe.unreachable().size).toBe(0);
    await new Promise((resolve) => server.close(resolve));
    await expect.poll(() => [...probe.unreachable()], { interval: 10 }).toEqual([['http://a', 'ECONNREFUSED']]);
    await listen(Number(url.port));
    await expect.poll(() => probe.unreachable().size, { interval: 10 }).toBe(0);
  });
});

describe('an endpoint that acknowledges', () => {
  it('is not tried', async () => {
    const { url, count } = await listen();
    const { breakdown } = probeOf(url);
    const busy = setInterval(() => breakdown.count(postedEvent(), Date.now()), 10);
    closers.push(() => clearInterval(busy));
    await new Promise((resolve) => setTimeout(resolve, 4 * INTERVAL_MS));
    expect(count()).toBe(0);
  });

  it('is well again at once, whatever a probe said before', async () => {
    const { probe, breakdown } = probeOf(new URL('http://127.0.0.1:1'));
    await probe.probe();
    expect(probe.unreachable().size).toBe(1);
    breakdown.count(postedEvent(), Date.now() + 1);
    expect(probe.unreachable().size).toBe(0);
  });
});

it('tells why a connection fails', async () => {
  expect(await troubleConnecting(new URL('http://127.0.0.1:1'))).toBe('ECONNREFUSED');
  expect(await troubleConnecting(new URL('http://no-such-host.invalid'))).toMatch(/ENOTFOUND|EAI_AGAIN/);
  const { url } = await listen();
  expect(await troubleConnecting(url)).toBeNull();
});
