import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort, isPortTaken } from './free-port.ts';

it('tells a port that a program listens on from one that is free', async () => {
  const port = await freePort();
  expect(await isPortTaken(port)).toBe(false);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect(await isPortTaken(port)).toBe(true);
  await new Promise((resolve) => server.close(resolve));
});
