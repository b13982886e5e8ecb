/** What an answer of Redis tells an instance of its claims. */

/** As the instance hears it. */
export interface HeardAnswer {
  readonly script: string;
  readonly reply: unknown;
  readonly askedMs: number;
}

export interface HeardTokens {
  readonly granted: readonly string[];
  readonly lost: readonly string[];
}

export function tokensIn({ script, reply }: HeardAnswer): HeardTokens {
  const list: readonly unknown[] = Array.isArray(reply) ? reply : [];
  const granted = script === 'claim' ? list.slice(2).filter((_, index) => index % 3 === 0) : [];
  const lost = script === 'renew' ? list[4] : script === 'restore' || script === 'commit' ? list : [];
  return { granted: granted.map(String), lost: Array.isArray(lost) ? lost.map(String) : [] };
}
