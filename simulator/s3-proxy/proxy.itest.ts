/** Over real sockets, with fetch on one side and a plain server in place of S3 on the other. */
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { listen, portOf } from '../sink/listen.ts';
import { type S3FaultInput, S3FaultSchema } from './faults.ts';
import { S3Proxy } from './proxy.ts';

const body = Buffer.alloc(3_000_000, 'x');
let s3: Server;
let proxy: S3Proxy;
let url: string;
let hosts: (string | undefined)[];

beforeEach(async () => {
  hosts = [];
  s3 = createServer((request, response) => {
    hosts.push(request.headers.host);
    response.end(body);
  });
  await listen(s3, '127.0.0.1', 0);
  proxy = new S3Proxy(`http://127.0.0.1:${portOf(s3)}`, createRandom(1), 0);
  await listen(proxy.server, '127.0.0.1', 0);
  url = `http://127.0.0.1:${portOf(proxy.server)}`;
});
afterEach(() => {
  proxy.close();
  s3.close();
  s3.closeAllConnections();
});

function use(...faults: readonly S3FaultInput[]): void {
  proxy.useFaults(faults.map((fault) => S3FaultSchema.parse(fault)));
}

describe('S3Proxy', () => {
  it('passes on what no fault strikes, with the Host that was signed', async () => {
    const answer = await fetch(`${url}/weblog/key`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
    expect(hosts).toEqual([new URL(url).host]);
    expect(proxy.stats).toEqual({ requests: 1, lists: 0, gets: 1, objectsServed: 1, strikes: 0 });
  });

  it('answers as S3 does, only for the operation that is meant, until it is told otherwise', async () => {
    use({ kind: 'slow-down', operation: 'list' });
    const refused = await fetch(`${url}/weblog?list-type=2`);
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('<Code>SlowDown</Code>')]);
    expect((await fetch(`${url}/weblog/key`)).status).toBe(200);
    use();
    expect((await fetch(`${url}/weblog?list-type=2`)).status).toBe(200);
    expect(proxy.stats).toMatchObject({ lists: 2, strikes: 1 });
  });

  it.each(['reset', 'cut-body'] as const)('cuts the connection: %s', async (kind) => {
    use({ kind });
    await expect(fetch(`${url}/weblog/key`).then(async (answer) => answer.arrayBuffer())).rejects.toThrow(
      /fetch failed|terminated/,
    );
    expect(proxy.stats.strikes).toBe(1);
  });

  it('tells by the time of the run when objects were modified, and leaves the Date, by which clients sign', async () => {
    const list = '<Contents><Key>k</Key><LastModified>2026-11-25T12:00:00.000Z</LastModified></Contents>';
    s3.removeAllListeners('request').on('request', (_request, response) => {
      response.writeHead(200, {
        'last-modified': 'Wed, 25 Nov 2026 12:00:00 GMT',
        date: 'Wed, 25 Nov 2026 12:00:01 GMT',
      });
      response.end(list);
    });
    const shifted = new S3Proxy(`http://127.0.0.1:${portOf(s3)}`, createRandom(1), 24 * 3_600_000);
    await listen(shifted.server, '127.0.0.1', 0);
    const shiftedUrl = `http://127.0.0.1:${portOf(shifted.server)}`;
    const listed = await fetch(`${shiftedUrl}/weblog?list-type=2`);
    expect(await listed.text()).toBe(list.replace('11-25', '11-26'));
    expect(listed.headers.get('date')).toBe('Wed, 25 Nov 2026 12:00:01 GMT');
    const got = await fetch(`${shiftedUrl}/weblog/key`);
    expect(await got.text()).toBe(list);
    expect(got.headers.get('last-modified')).toBe('Thu, 26 Nov 2026 12:00:00 GMT');
    shifted.close();
  });

  it('answers SlowDown to what goes beyond a limit, and to nothing that stays within it', async () => {
    use({ kind: 'request-limit', operation: 'get', perS: 3 });
    const statuses: number[] = [];
    for (let request = 0; request < 6; request += 1) {
      statuses.push((await fetch(`${url}/weblog/key`, { method: 'GET' })).status);
    }
    expect(statuses.slice(0, 3)).toEqual([200, 200, 200]);
    expect(statuses.at(-1)).toBe(503);
    expect((await fetch(`${url}/weblog?list-type=2`)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await fetch(`${url}/weblog/key`)).status).toBe(200);
  });

  it('strikes at its rate', async () => {
    use({ kind: 'internal-error', rate: 0.2 });
    let struck = 0;
    for (let request = 0; request < 200; request += 1) {
      const answer = await fetch(`${url}/weblog/key`, { method: 'HEAD' });
      if (answer.status === 500) struck += 1;
    }
    expect(struck).toBeGreaterThan(20);
    expect(struck).toBeLessThan(70);
    expect(proxy.stats.strikes).toBe(struck);
  });
});
