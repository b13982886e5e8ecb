/** `run` as it is asked to stop: before it runs, and in the middle of its work. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandFixture } from './fixture-command.ts';

let fixture: CommandFixture;

beforeEach(() => {
  fixture = new CommandFixture();
});
afterEach(async () => fixture.close());

describe('run, asked to stop while it waits for S3', () => {
  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'by %s, ends with 0, and says that it was asked',
    async (signal) => {
      const silent = createServer((socket) => socket.on('error', () => undefined));
      await once(silent.listen(0, '127.0.0.1'), 'listening');
      const { port } = silent.address() as AddressInfo;
      const config = fixture.writeConfig(['http://127.0.0.1:1'], { s3: { endpoint: `http://127.0.0.1:${port}` } });
      const running = fixture.start(config);
      await once(silent, 'connection');
      const { code, stdout } = await running.stop(signal);
      silent.close();
      expect({ code, isTold: stdout.includes('streamer stopping') }).toEqual({ code: 0, isTold: true });
    },
    30_000,
  );
});

describe('run, asked to stop while a batch is on its way', () => {
  it('waits for the answer, though npm passes on the Ctrl-C that it has had already', async () => {
    await fixture.startS3();
    await fixture.put(`${Math.floor(Date.now() / 1000)}_1_1_1.gz`, '{"line":1}\n');
    const endpoint = await fixture.startEndpoint();
    endpoint.answer = (_, response) => void pause(1000).then(() => response.end());
    const running = fixture.start(fixture.writeConfig([endpoint.url]));
    await expect.poll(() => endpoint.bodies.length, { timeout: 20_000 }).toBe(1);
    const [{ code, stdout }] = await Promise.all([
      running.stop('SIGINT'),
      pause(20).then(() => running.signal('SIGINT')),
    ]);
    expect({ code, isDelivered: stdout.includes('object completed') }).toEqual({ code: 0, isDelivered: true });
  }, 30_000);
});
