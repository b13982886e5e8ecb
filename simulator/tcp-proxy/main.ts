/**
 * The proxy as a process of its own: `main.ts SEED LINKS`, where LINKS is JSON, `[{name, host, port}]`. Prints one line of JSON on stdout when it is ready.
 * Its control port takes faults (POST), takes them away and tells what they met (DELETE), and tells figures (GET).
 */
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { createRandom } from '../random.ts';
import { listen, portOf } from '../sink/listen.ts';
import { AddFaultsSchema, FaultIdsSchema, LinkListSchema } from './faults.ts';
import { TcpProxy } from './tcp-proxy.ts';

const host = '127.0.0.1';
const [seed, links] = process.argv.slice(2);
if (seed === undefined || links === undefined) throw new Error('usage: main.ts SEED LINKS');

const random = createRandom(Number(seed)).fork('tcp proxy');
const proxy = await TcpProxy.listen(LinkListSchema.parse(JSON.parse(links)), random);

async function answerTo(request: IncomingMessage): Promise<unknown> {
  if (request.method === 'GET') return proxy.stats;
  if (request.method === 'DELETE') return proxy.removeFaults(FaultIdsSchema.parse(await json(request)));
  const { links: names, faults } = AddFaultsSchema.parse(await json(request));
  return proxy.addFaults(names, faults);
}

// A request that it does not understand ends it, and the run: nothing may go on without the faults that it asked for.
const control = createServer((request, response) => {
  void answerTo(request).then((answer) => response.end(JSON.stringify(answer)));
});
await listen(control, host, 0);
const ready = { ready: true, control: `http://${host}:${portOf(control)}`, ports: proxy.ports };
process.stdout.write(`${JSON.stringify(ready)}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    proxy.close();
    control.close();
    control.closeAllConnections();
  });
}
