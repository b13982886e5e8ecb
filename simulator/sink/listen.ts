/** Opens a port, and says what to do when it cannot be had. */
import { once } from 'node:events';
import type { Server } from 'node:net';
import { HarnessError } from '../process/errors.ts';

/** Port 0 takes any free one. */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    throw new HarnessError('usage', `The sink cannot listen on ${host}:${port}: ${adviceFor(error)}`, { cause: error });
  }
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port');
  return address.port;
}

function adviceFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'EADDRINUSE':
      return 'another program has this port. End it, or choose other ports (0 takes any free one).';
    case 'EACCES':
      return 'this port needs more rights. Choose one above 1023 (0 takes any free one).';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address. Choose another host, such as 127.0.0.1.';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
