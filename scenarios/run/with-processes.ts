/** The life of a run's processes: whatever becomes of the work, none of them is left. */
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
  const failure = worked.status === 'rejected' ? withEndedProcesses(worked.reason, processes) : null;
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
  return new HarnessError(fault, `${messageOf(failure)}\n${messageOf(stopFailure)}`, {
    cause: failure,
    leftover: leftover ?? messageOf(stopFailure),
  });
}

/** The error, and the last words of processes that ended by themselves: it is often they who are the cause. Then the streamer is not to blame. */
function withEndedProcesses(error: unknown, processes: Processes): unknown {
  if (!(error instanceof HarnessError)) return error;
  const ended = processes.endedByThemselves();
  const lastWords = ended
    .filter((child) => !error.message.includes(child.lastLines()))
    .map((child) => `${child.name} has ended (${child.describeExit()}).\n${child.lastLines()}`);
  const lacksSurroundings = ended.some(({ isUnderTest }) => !isUnderTest);
  const fault = error.fault === 'streamer' && lacksSurroundings ? 'broken' : error.fault;
  return new HarnessError(fault, [error.message, ...lastWords].join('\n'), { cause: error });
}
