/**
 * Samples the processes of a run by role ("streamer", "sink", "s3"...). A role may live through several processes
 * (kill -9 and restart): its CPU time is their sum, its memory the highest of them.
 */
import { type ProcessUsage, readUsage } from './usage.ts';

export interface RoleUsage {
  readonly cpuS: number;
  /** Of the main threads of all its processes; null where the system does not tell threads apart. */
  readonly mainThreadCpuS: number | null;
  readonly rssLastMB: number;
  readonly rssMaxMB: number;
  readonly samples: readonly ProcessUsage[];
}

interface Role {
  pid: number;
  /** Of the processes before this one. */
  earlierCpuS: number;
  earlierMainThreadCpuS: number;
  rssMaxMB: number;
  last: ProcessUsage | null;
  readonly samples: ProcessUsage[];
}

export class UsageSampler {
  readonly #roles = new Map<string, Role>();
  readonly #timer: NodeJS.Timeout;

  constructor(intervalMs: number) {
    this.#timer = setInterval(() => this.sample(), intervalMs);
    this.#timer.unref();
  }

  /** From now on `pid` plays the role. */
  watch(role: string, pid: number): void {
    const before = this.#roles.get(role);
    if (before === undefined) {
      this.#roles.set(role, { pid, earlierCpuS: 0, earlierMainThreadCpuS: 0, rssMaxMB: 0, last: null, samples: [] });
    } else {
      before.earlierCpuS += before.last?.cpuS ?? 0;
      before.earlierMainThreadCpuS += before.last?.mainThreadCpuS ?? 0;
      before.pid = pid;
      before.last = null;
    }
  }

  sample(): void {
    for (const role of this.#roles.values()) {
      const usage = readUsage(role.pid);
      if (usage === null) continue;
      role.last = usage;
      role.rssMaxMB = Math.max(role.rssMaxMB, usage.rssMaxMB);
      const { mainThreadCpuS } = usage;
      role.samples.push({
        ...usage,
        cpuS: role.earlierCpuS + usage.cpuS,
        mainThreadCpuS: mainThreadCpuS === null ? null : role.earlierMainThreadCpuS + mainThreadCpuS,
      });
    }
  }

  usage(name: string): RoleUsage | null {
    const role = this.#roles.get(name);
    const last = role?.samples.at(-1);
    if (role === undefined || last === undefined) return null;
    const { cpuS, mainThreadCpuS, rssMB } = last;
    return { cpuS, mainThreadCpuS, rssLastMB: rssMB, rssMaxMB: role.rssMaxMB, samples: role.samples };
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
