/** What its scripts cost Redis, as it says itself (INFO commandstats). */
export interface ScriptStats {
  readonly calls: number;
  readonly usec: number;
}

/** Lines such as `cmdstat_evalsha:calls=17,usec=...`. */
export function scriptStats(commandStats: string): ScriptStats {
  const lines = commandStats.matchAll(/^cmdstat_eval(?:sha)?:calls=(?<calls>\d+),usec=(?<usec>\d+)/gm);
  let calls = 0;
  let usec = 0;
  for (const { groups } of lines) {
    calls += Number(groups?.['calls'] ?? 0);
    usec += Number(groups?.['usec'] ?? 0);
  }
  return { calls, usec };
}
