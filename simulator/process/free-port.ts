/** For programs that must be told their port. */
import { createServer } from 'node:net';
import { errorCode, HarnessError } from './errors.ts';

/** Free at this moment; that another program takes it in the next is told by the log of the program that wanted it. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new HarnessError('broken', 'No free port on 127.0.0.1.');
  return address.port;
}

/** Whether a program listens there. */
export function isPortTaken(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(errorCode(error) === 'EADDRINUSE'));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}
