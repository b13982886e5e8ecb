/** What Redis, or the way to it, says when it does not do what was asked; and what an operator can do about that. */

/** Before 7.0, what a command says inside a script stands behind the places where it said it. */
const SCRIPT_PLACE = /^ERR Error running script \(call to f_[0-9a-f]+\): (?:@user_script: ?\d+: ?)*-?/;

const LOGIN = 'check state.redis.username and password';
const DATABASE = 'check state.redis.database';
const PERMISSION =
  'let the user of state.redis run all commands that docs/redis.md lists under Permissions, on the keys of state.redis.key_prefix';
const CLUSTER = 'state.redis must lead to one primary, by itself or by way of Sentinel: Redis Cluster is not supported';

/** Nothing that time mends, by how it begins. */
const REFUSALS = {
  NOAUTH: LOGIN,
  WRONGPASS: LOGIN,
  'ERR invalid password': LOGIN,
  'ERR AUTH': LOGIN,
  'ERR invalid DB index': DATABASE,
  'ERR DB index is out of range': DATABASE,
  NOPERM: PERMISSION,
  // Inside a script: before 7.0, in 7.0, and since 7.2.
  'The user executing the script': PERMISSION,
  'ERR The user executing the script': PERMISSION,
  'ERR ACL failure in script': PERMISSION,
  'MOVED ': CLUSTER,
  'ASK ': CLUSTER,
} as const;

/** Said by a server that starts, is busy, lost its master, or is full. */
const PASSING = {
  LOADING: 'it reads its data from disk, and answers when it has done so',
  BUSY: 'a script keeps it busy: SLOWLOG GET says which',
  MASTERDOWN: 'it is a replica that has lost its primary: bring that back, or let state.redis lead to another',
  READONLY: 'it is a replica: state.redis must lead to the primary, or to sentinels that know which one it is',
  NOREPLICAS: 'fewer replicas follow it than its min-replicas-to-write asks for: bring them back',
  OOM: 'its memory is full: raise its maxmemory',
  MISCONF: 'it cannot write to its disk, and its own log says why: mend that',
  CLUSTERDOWN: CLUSTER,
  UNBLOCKED: 'it has just become a replica',
} as const;

export function isSaying(error: unknown, code: string): error is Error {
  return error instanceof Error && error.message.replace(SCRIPT_PLACE, '').startsWith(code);
}

/** What to mend, so that it does not refuse us; null where it does not. */
export function cureOfRefusal(error: unknown): string | null {
  return cureIn(REFUSALS, error);
}

/** What to mend, or to wait for, so that a server that answers does what was asked; null where that would not help. */
export function cureOfPassing(error: unknown): string | null {
  return cureIn(PASSING, error);
}

/** What to mend, so that there is an answer. */
export function cureOfSilence(error: unknown): string {
  if (error instanceof Error) {
    // By way of Sentinel there is no code, only the words.
    const said = `${'code' in error ? String(error.code) : ''} ${error.message}`;
    if (/CERT|SELF_SIGNED|VERIFY|certificate/.test(said))
      return 'its certificate is not trusted, or is not for this host: name its authority in state.redis.tls.ca_file, or use the name that it was issued for';
    if (/SSL|EPROTO/.test(said)) return 'no TLS is spoken there: set state.redis.tls or the port accordingly';
  }
  return 'check that it runs and that state.redis leads to it';
}

function cureIn(cures: Readonly<Record<string, string>>, error: unknown): string | null {
  const found = Object.entries(cures).find(([code]) => isSaying(error, code));
  return found === undefined ? null : found[1];
}
