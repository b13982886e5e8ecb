/** The life of a run's processes: whatever becomes of the work, none of them is left. */
import { HarnessError, Processes } from '#simulator';

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
  try {
    return await work(processes);
  } catch (error) {
    throw withEndedProcesses(error, processes);
  } finally {
    signal.removeEventListener('abort', onAbort);
    processes.guard.order({ kind: 'forget-folder', path: folder });
    await processes.stopAll();
  }
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
