/** For processes.itest.ts: a harness that starts a child and a temporary folder, says so, and waits to be killed. */
import { Processes } from './processes.ts';

const logFolder = process.argv[2];
if (logFolder === undefined) throw new Error('usage: fixture-harness.ts LOG_FOLDER');
const processes = new Processes(logFolder);
const child = await processes.start({ name: 'child', command: 'sleep', args: ['60'] });
const temporary = processes.temporaryFolder('fixture');
process.stdout.write(`${JSON.stringify({ pid: child.pid, temporary })}\n`);
setInterval(() => undefined, 1000);
