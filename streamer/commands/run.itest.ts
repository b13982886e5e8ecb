/** `run` before it runs: S3 says nothing yet. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
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
