/** The life of a run's processes: whatever becomes of the work, none of them is left. */
import { inspect } from 'node:util';
import { HarnessError, messageOf, Processes } from '#simulator';

/** `folder` is removed with the processes when the harness dies; after a normal end it is the caller's again. */
export async function withProcesses<T>(
  folder: string,
  logFolder: string,
  signal: AbortSignal,
  work: (processes: Processes) => Promise<T>,
): Promise<T> {
  const processes = new Processes(logFolder);
  processes.guard.order({ kind: 'watch-folder', path: folder });
  // An interrupt ends the processes at once. Whoever waits for one of them then fails, and so the work ends; a failure to stop is met below.
  const onAbort = (): void => void processes.stopAll().catch(() => undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  const [worked] = await Promise.allSettled([work(processes)]);
  const failure = worked.status === 'rejected' ? await explain(worked.reason, processes) : null;
  signal.removeEventListener('abort', onAbort);
  processes.guard.order({ kind: 'forget-folder', path: folder });
  const [stopped] = await Promise.allSettled([processes.stopAll()]);
  if (worked.status === 'rejected')
    throw stopped.status === 'rejected' ? withLeftover(failure, stopped.reason) : failure;
  if (stopped.status === 'rejected') throw stopped.reason;
  return worked.value;
}

/** Both are told: why the work ended, and what is left of it. */
function withLeftover(failure: unknown, stopFailure: unknown): HarnessError {
  const fault = failure instanceof HarnessError ? failure.fault : 'broken';
  const leftover = stopFailure instanceof HarnessError ? stopFailure.leftover : null;
  // Of what nobody foresaw its stack is needed, too.
  const why = failure instanceof HarnessError ? failure.message : inspect(failure);
  return new HarnessError(fault, `${why}\n${messageOf(stopFailure)}`, {
    cause: failure,
    leftover: leftover ?? messageOf(stopFailure),
  });
}

/** The error, and what may have caused it: processes that ended by themselves, with their last words, and services that are away. Then the streamer is not to blame. */
async function explain(error: unknown, processes: Processes): Promise<unknown> {
  if (!(error instanceof HarnessError)) return error;
  const ended = processes.endedByThemselves();
  const lastWords = ended
    .filter((child) => !error.message.includes(child.lastLines()))
    .map((child) => `${child.name} has ended (${child.describeExit()}).\n${child.lastLines()}`);
  const missing = error.fault === 'streamer' ? await processes.missingServices() : [];
  const lacksSurroundings = missing.length > 0 || ended.some(({ isUnderTest }) => !isUnderTest);
  const fault = error.fault === 'streamer' && lacksSurroundings ? 'broken' : error.fault;
  const away = missing.map((name) => `${name} does not answer.`);
  return new HarnessError(fault, [error.message, ...lastWords, ...away].join('\n'), { cause: error });
}
