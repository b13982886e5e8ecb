/** CPU seconds and memory of a process, as the operating system counts them: never what the process says of itself. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface ProcessUsage {
  readonly atMs: number;
  /** User and system time since its start, all threads, ended ones too. */
  readonly cpuS: number;
  /** Of its main thread alone, which in Node is its event loop; null where the system does not tell threads apart. */
  readonly mainThreadCpuS: number | null;
  readonly rssMB: number;
  /** The peak since its start where the system keeps it (Linux); else the same as `rssMB`. */
  readonly rssMaxMB: number;
}

const hasProc = existsSync('/proc/self/stat');
const ticksPerS = hasProc ? readTicksPerS() : 100;

/** What the threads of a process do: the event loop, the pool (inflate, fsync, DNS), V8's own (garbage, compiling). */
export type ThreadRole = 'main' | 'pool' | 'engine';

/** CPU seconds by role; null where the system does not tell threads apart. */
export function readThreadCpuS(pid: number): Readonly<Record<ThreadRole, number>> | null {
  if (!hasProc) return null;
  const cpuS = { main: 0, pool: 0, engine: 0 };
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      cpuS[roleOfThread(stat, thread === String(pid))] += parseProcStat(stat, ticksPerS);
    }
  } catch {
    // A thread, or the whole process, has ended while its times were read.
    return null;
  }
  return cpuS;
}

function roleOfThread(stat: string, isMain: boolean): ThreadRole {
  if (isMain) return 'main';
  return stat.includes('(libuv-worker)') ? 'pool' : 'engine';
}

/** Null when the process is gone. */
export function readUsage(pid: number): ProcessUsage | null {
  try {
    return hasProc
      ? readProc(pid)
      : parsePs(execFileSync('ps', ['-o', 'time=,rss=', '-p', String(pid)], { encoding: 'utf8' }));
  } catch {
    // ENOENT and ESRCH from /proc, or a non-zero exit of ps: the process has ended between two samples.
    return null;
  }
}

function readProc(pid: number): ProcessUsage | null {
  const cpuS = parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'), ticksPerS);
  const mainThreadCpuS = parseProcStat(readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8'), ticksPerS);
  const memory = parseProcStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  // A zombie still has its times, but no memory any more.
  return memory === null ? null : { atMs: Date.now(), cpuS, mainThreadCpuS, ...memory };
}

/** `pid (name) state ...`: utime and stime are fields 14 and 15; the name may hold spaces and brackets, so count from its end. */
export function parseProcStat(text: string, ticksPerSecond: number): number {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export function parseProcStatus(text: string): { readonly rssMB: number; readonly rssMaxMB: number } | null {
  const rssKiB = /^VmRSS:\s+(\d+) kB/m.exec(text)?.[1];
  const peakKiB = /^VmHWM:\s+(\d+) kB/m.exec(text)?.[1];
  if (rssKiB === undefined || peakKiB === undefined) return null;
  return { rssMB: (Number(rssKiB) * 1024) / 1e6, rssMaxMB: (Number(peakKiB) * 1024) / 1e6 };
}

/** `[[days-]hours:]minutes:seconds[.hundredths] KiB` */
export function parsePs(text: string): ProcessUsage | null {
  const match = /^\s*(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+(?:\.\d+)?)\s+(\d+)\s*$/.exec(text);
  if (match === null) return null;
  const [days, hours, minutes, seconds, rssKiB] = match.slice(1).map((field) => Number(field ?? 0));
  const cpuS = ((days ?? 0) * 24 + (hours ?? 0)) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  const rssMB = ((rssKiB ?? 0) * 1024) / 1e6;
  return { atMs: Date.now(), cpuS, mainThreadCpuS: null, rssMB, rssMaxMB: rssMB };
}

function readTicksPerS(): number {
  try {
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) || 100;
  } catch {
    // No getconf on a very small system: Linux has used 100 on every architecture for twenty years.
    return 100;
  }
}
