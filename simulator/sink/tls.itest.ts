/** The mock EdgeDelta over TLS, with certificates on both sides, and its OTLP input. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../tls/authority.ts';
import { type SinkUnderTest, startSinkUnderTest } from './fixture-sink.ts';
import { FaultSchema } from './faults.ts';

let folder: string;
let authority: Authority;
const read = (file: string): string => readFileSync(file, 'utf8');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 's3es-tls-'));
  authority = createAuthority(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

let under: SinkUnderTest;
const pools: Pool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.destroy()));
  await under.stop();
});

async function startSecured(): Promise<void> {
  const { server, caFile } = authority;
  under = await startSinkUnderTest({
    tls: { cert: read(server.certFile), key: read(server.keyFile), clientCa: read(caFile) },
  });
}

function connect(tls: Readonly<Record<string, string>>): Pool {
  const pool = new Pool(under.sink.endpoints[0] ?? '', { connections: 1, connect: tls });
  pools.push(pool);
  return pool;
}

function trusted(): Pool {
  const { caFile, client } = authority;
  return connect({ ca: read(caFile), cert: read(client.certFile), key: read(client.keyFile) });
}

async function post(pool: Pool, body: string): Promise<number> {
  const answer = await pool.request({ path: '/', method: 'POST', body });
  await answer.body.dump();
  return answer.statusCode;
}

describe('an agent that speaks TLS', () => {
  it('takes batches of a sender with a certificate of the authority, over one connection', async () => {
    await startSecured();
    expect(under.sink.endpoints[0]).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const pool = trusted();
    expect([await post(pool, 'a\nb\n'), await post(pool, 'c\n')]).toEqual([200, 200]);
    const { totals, agents } = await under.client.stats();
    expect(totals).toMatchObject({ storedPosts: 2, lines: 3, connections: 1 });
    expect(agents[0]?.connectionsOpened).toBe(1);
  });

  it('takes nothing of a sender without one', async () => {
    await startSecured();
    await expect(post(connect({ ca: read(authority.caFile) }), 'a\n')).rejects.toThrow(
      /certificate|closed|socket|reset/i,
    );
    expect((await under.client.stats()).totals).toMatchObject({ posts: 0, storedPosts: 0 });
  });

  it('is not trusted by a sender that does not know the authority', async () => {
    await startSecured();
    await expect(post(connect({}), 'a\n')).rejects.toThrow(/certificate/);
  });

  it('cuts the connection when it is told to', async () => {
    await startSecured();
    await under.client.addFaults([FaultSchema.parse({ kind: 'reset', when: 'after-store', count: 1 })]);
    const pool = trusted();
    await expect(post(pool, 'a\n')).rejects.toThrow(/ECONNRESET|closed|socket/);
    expect(await post(pool, 'b\n')).toBe(200);
    const { totals, agents } = await under.client.stats();
    expect(totals).toMatchObject({ storedPosts: 2, unacknowledgedLines: 1 });
    expect(agents[0]).toMatchObject({ resets: 1, connectionsOpened: 2 });
  });
});

describe('a sink that takes no metrics', () => {
  it('has none to tell', async () => {
    under = await startSinkUnderTest();
    expect(await under.client.metrics()).toEqual([]);
  });
});
