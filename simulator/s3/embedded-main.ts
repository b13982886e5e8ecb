/** fauxqs (S3, SQS) as a process of its own, so that it shares nobody's event loop. In memory; ends with the run. */
import { startFauxqs } from 'fauxqs';

const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
process.stdout.write(`${JSON.stringify({ ready: true, endpoint: `http://127.0.0.1:${server.port}` })}\n`);
process.once('SIGTERM', () => {
  void server.stop().then(() => process.exit(0));
});
