/** Asks as soon as the streamer at the URL given answers, until SIGTERM; then one line of JSON: how it was answered (`Answers` in health-prober.ts). */
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';

const [url = ''] = process.argv.slice(2);
const paths = ['/health', '/ready', '/live', '/metrics'];
const requestsPerS = 200;
const connections = 10;
const pollMs = 5;
/** It is told to stop long before. */
const durationS = 600;

const told = new AbortController();
process.once('SIGTERM', () => told.abort());

while (!told.signal.aborted && !(await isAnswering())) await sleep(pollMs);
const shooting = autocannon({
  url,
  connections,
  overallRate: requestsPerS,
  duration: durationS,
  requests: paths.map((path) => ({ method: 'GET', path })),
});
told.signal.addEventListener('abort', () => shooting.stop());
if (told.signal.aborted) shooting.stop();
const { '2xx': answered, non2xx, errors, latency } = await shooting;
process.stdout.write(
  `${JSON.stringify({ answered, failed: non2xx + errors, p50Ms: latency.p50, p99Ms: latency.p99 })}\n`,
);

async function isAnswering(): Promise<boolean> {
  return fetch(`${url}/live`).then(
    (response) => response.ok,
    () => false,
  );
}
