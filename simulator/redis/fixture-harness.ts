/** For clean-up.itest.ts: a harness that starts a Redis with sentinels, pauses a server, says where they are, and waits to be killed. */
import { Processes } from '../process/processes.ts';
import { startRedis } from './start.ts';

const [logFolder, choice] = process.argv.slice(2);
if (logFolder === undefined || choice === undefined) throw new Error('usage: fixture-harness.ts LOG_FOLDER CHOICE');
const processes = new Processes(logFolder);
const { servers, connection } = await startRedis(choice, 'sentinel', processes, process.env);
await servers[1]?.pause();
const ports = [...servers, ...(connection.kind === 'sentinels' ? connection.sentinels : [])].map(({ port }) => port);
process.stdout.write(`${JSON.stringify({ ports })}\n`);
setInterval(() => undefined, 1000);
