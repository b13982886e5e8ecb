/** The proxy as a process of its own: `main.ts TARGET SEED AHEAD_MS`. Prints one line of JSON on stdout when it is ready. Its control port takes faults and tells figures. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { createRandom } from '../random.ts';
import { listen, portOf } from '../sink/listen.ts';
import { S3FaultListSchema } from './faults.ts';
import { S3Proxy } from './proxy.ts';

const host = '127.0.0.1';
const [target, seed, aheadMs] = process.argv.slice(2);
if (target === undefined || seed === undefined || aheadMs === undefined)
  throw new Error('usage: main.ts TARGET SEED AHEAD_MS');

const proxy = new S3Proxy(target, createRandom(Number(seed)).fork('s3 proxy'), Number(aheadMs));
await listen(proxy.server, host, 0);
const control = createServer((request, response) => {
  void (async () => {
    if (request.method === 'PUT') proxy.useFaults(S3FaultListSchema.parse(await json(request)));
    response.end(JSON.stringify(proxy.stats));
  })();
});
await listen(control, host, 0);
const url = (server: typeof control): string => `http://${host}:${portOf(server)}`;
process.stdout.write(`${JSON.stringify({ ready: true, endpoint: url(proxy.server), control: url(control) })}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    proxy.close();
    control.close();
    control.closeAllConnections();
  });
}
