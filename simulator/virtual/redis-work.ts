/** The scripts by which instances share objects: sessions, claims, what is ready. One function for each, with the arguments and the answer of the Lua. */
import type { RedisData } from './redis-data.ts';
import type { RedisWatch, ReleaseReason } from './redis-watch.ts';

export interface ScriptCall {
  readonly data: RedisData;
  readonly nowMs: number;
  readonly watch: RedisWatch;
  /** The first is the epoch, which was compared already. */
  readonly args: readonly string[];
}

/** As the script has it. */
const RETURN_MS = 5_000;
const REMEMBERED_MS = 86_400_000;

/** Of an object that is told of; the rest is text to Redis. */
interface Told {
  readonly rankMs: number;
  readonly wanted: { readonly seq: number } | null;
  readonly object: { readonly lastModifiedMs: number };
}

export function open({ data, nowMs, args }: ScriptCall): readonly (string | number)[] {
  const [known = '', fresh = '', lease = ''] = args;
  const meta = data.hash('meta');
  const epoch = meta.get('epoch');
  if (epoch !== undefined) return [epoch, data.members('replaced').includes(known) ? 1 : 0];
  meta.set('epoch', fresh);
  if (known !== '') meta.set('claims_from', String(nowMs + Number(lease)));
  return [fresh, 0];
}

export function renew(call: ScriptCall) {
  const { data, nowMs, watch, args } = call;
  const [, session = '', lease = '', turn = '', acknowledged = ''] = args;
  const takenOver = endDeadSessions(call, session);
  const isKnown = data.sortedSet('sessions').score(session) !== null;
  extendLease(call, session, lease);
  data.sortedSet('ended').remove(session);
  const lost: string[] = [];
  const missing: string[] = [];
  const held = new Set<string>();
  for (const [id, token] of groups(args.slice(5), 2)) {
    const current = data.hash('claims').get(id);
    held.add(id);
    if (current === token) continue;
    if (current !== undefined || !isKnown) lost.push(token);
    else if (!isComplete(data, id)) missing.push(token);
    else if (!data.members(`done:${session}`).includes(token)) lost.push(token);
  }
  const mark = data.hash('marks').get(session) ?? '0';
  if (takeTurn(data, session, turn) && Number(mark) >= Number(acknowledged)) {
    for (const id of data.members(`held:${session}`)) {
      if (held.has(id)) continue;
      release(call, id, 'not-held');
      makeReady(data, id);
    }
  }
  const meta = data.hash('meta');
  const lister = meta.get('lister');
  const isFree = lister === undefined || lister === session || Number(meta.get('lister_until')) <= nowMs;
  if (isFree) meta.set('lister', session).set('lister_until', String(nowMs + Number(lease)));
  watch.leased(session, nowMs + Number(lease));
  const head = ['start_from', 'floor', 'forgotten_before'].map((field) => meta.get(field) ?? '');
  return [isFree ? 1 : 0, takenOver, mark, head, lost, missing];
}

export function restore(call: ScriptCall): readonly string[] {
  const { data, nowMs, watch, args } = call;
  const [, session = '', lease = ''] = args;
  extendLease(call, session, lease);
  watch.leased(session, nowMs + Number(lease));
  const lost: string[] = [];
  for (const [id, token, shared] of groups(args.slice(3), 3)) {
    const current = data.hash('claims').get(id);
    if (current === undefined && !isComplete(data, id)) {
      if (!data.hash('objects').has(id)) data.hash('objects').set(id, shared);
      grant(call, id, token, session);
    } else if (current !== token) lost.push(token);
  }
  return lost;
}

export function offer({ data, nowMs, args }: ScriptCall): readonly string[] {
  const readyMax = Number(args[1]);
  const liveFromMs = nowMs - Number(args[2]);
  return groups(args.slice(3), 5).map(([id, rank, wanted, kind, shared]) => {
    const isWantedAgain = kind === 'again' && data.hash('wanted').has(wanted);
    if (isComplete(data, id) && !isWantedAgain) return 'complete';
    if (data.hash('objects').has(id)) return 'under-way';
    if (kind === 'again' && !isWantedAgain && isOlderThanMemory(data, toldOf(shared).object.lastModifiedMs))
      return 'complete';
    const rankMs = Number(rank);
    if (data.sortedSet('ready').size >= readyMax * (rankMs > liveFromMs ? 2 : 1)) return 'full';
    data.hash('objects').set(id, shared);
    data.sortedSet('ready').set(id, Math.min(rankMs, nowMs));
    return 'queued';
  });
}

export function claim(call: ScriptCall): readonly (string | number)[] {
  const { data, nowMs, watch, args } = call;
  const [epoch = '', session = '', turn = ''] = args;
  const claimsFrom = data.hash('meta').get('claims_from');
  if (claimsFrom !== undefined && Number(claimsFrom) > nowMs) return [0, 0];
  const takenOver = endDeadSessions(call, session);
  if ((data.sortedSet('sessions').score(session) ?? -Infinity) <= nowMs) return [takenOver, 1];
  takeTurn(data, session, turn);
  const ready = data.sortedSet('ready');
  const share = Math.ceil(ready.size / data.sortedSet('sessions').size);
  const objectsMax = Math.min(Number(args[3]), share);
  const liveFromMs = nowMs - Number(args[4]);
  const live = ready.range((rankMs) => rankMs > liveFromMs);
  const backlog = ready.range((rankMs) => rankMs <= liveFromMs);
  const answer: (string | number)[] = [takenOver, 0];
  for (const id of [...live, ...backlog].slice(0, objectsMax)) {
    const wanted = wantedOf(data, id);
    if (wanted !== '0' && isComplete(data, id) && !data.hash('wanted').has(wanted)) {
      ready.remove(id);
      data.hash('objects').delete(id);
      const partial = data.hash('partial').get(id);
      data.hash('partial').delete(id);
      data.sortedSet('partial_time').remove(id);
      if (partial !== undefined) watch.dropped(id, partial, Number(wanted));
      continue;
    }
    const token = `${epoch}.${data.increment('meta', 'counter')}.${turn}.${wanted}.${session}`;
    grant(call, id, token, session);
    answer.push(token, data.hash('objects').get(id) ?? '', data.hash('partial').get(id) ?? '');
  }
  return answer;
}

export function dismiss(call: ScriptCall): number {
  const { data, args } = call;
  for (const [id, token] of groups(args.slice(1), 2)) {
    if (data.hash('claims').get(id) !== token) continue;
    release(call, id, 'dismissed');
    data.hash('objects').delete(id);
  }
  return 1;
}

export function leave(call: ScriptCall): string {
  const { data, args } = call;
  const [, session = '', acknowledged = ''] = args;
  const mark = data.hash('marks').get(session) ?? '0';
  if (Number(mark) < Number(acknowledged)) return mark;
  endSession(call, session, 'left');
  data.sortedSet('ended').remove(session);
  data.hash('marks').delete(session);
  if (data.hash('meta').get('lister') === session) data.hash('meta').delete('lister');
  return mark;
}

export function lookup({ data, args }: ScriptCall): readonly string[] {
  return args.slice(1).map((id) => (isComplete(data, id) ? 'complete' : (data.hash('partial').get(id) ?? '')));
}

/** Whatever its LastModified: one that was copied onto itself is the same version. */
export function isComplete(data: RedisData, id: string): boolean {
  return data.sortedSet('complete').score(id) !== null;
}

/** What is older may have been complete, and have been forgotten. */
export function isOlderThanMemory(data: RedisData, lastModifiedMs: number): boolean {
  return lastModifiedMs < Number(data.hash('meta').get('forgotten_before') ?? -Infinity);
}

/** Takes the claim away, whoever has it. */
export function release({ data, watch }: ScriptCall, id: string, reason: ReleaseReason): void {
  const token = data.hash('claims').get(id);
  if (token === undefined) return;
  data.hash('claims').delete(id);
  data.removeMember(`held:${sessionOf(token)}`, id);
  watch.released(id, token, reason);
}

export function sessionOf(token: string): string {
  return token.slice(token.lastIndexOf('.') + 1);
}

/** The request for which the object is read, or '0'. */
export function wantedOf(data: RedisData, id: string): string {
  const shared = data.hash('objects').get(id);
  return String(shared === undefined ? 0 : (toldOf(shared).wanted?.seq ?? 0));
}

function grant({ data, watch }: ScriptCall, id: string, token: string, session: string): void {
  data.sortedSet('ready').remove(id);
  data.hash('claims').set(id, token);
  data.addMember(`held:${session}`, id);
  watch.granted(id, token, data.hash('objects').get(id) ?? '');
}

/** False for one that comes after a later one: what it says of the claims is old. */
function takeTurn(data: RedisData, session: string, turn: string): boolean {
  if (Number(turn) < Number(data.hash('turns').get(session) ?? 0)) return false;
  data.hash('turns').set(session, turn);
  return true;
}

function extendLease({ data, nowMs }: ScriptCall, session: string, lease: string): void {
  data.sortedSet('sessions').set(session, nowMs + Number(lease));
}

function makeReady(data: RedisData, id: string): void {
  const shared = data.hash('objects').get(id);
  if (shared !== undefined) data.sortedSet('ready').set(id, toldOf(shared).rankMs);
}

function toldOf(shared: string): Told {
  const told: Told = JSON.parse(shared);
  return told;
}

/** After an outage every lease has ended: the others get time to tell what they settled meanwhile. */
function spareAll({ data, nowMs }: ScriptCall, session: string): void {
  const sessions = data.sortedSet('sessions');
  if (sessions.score(session) === null || sessions.range((untilMs) => untilMs > nowMs).length > 0) return;
  for (const spared of sessions.range(() => true)) sessions.set(spared, nowMs + RETURN_MS);
}

function endDeadSessions(call: ScriptCall, survivor: string): number {
  spareAll(call, survivor);
  const { data, nowMs } = call;
  const dead = data.sortedSet('sessions').range((untilMs) => untilMs <= nowMs);
  let objects = 0;
  for (const session of dead) {
    if (session === survivor) continue;
    objects += endSession(call, session, 'expired');
    data.sortedSet('ended').set(session, nowMs);
  }
  for (const session of data.sortedSet('ended').range((atMs) => atMs <= nowMs - REMEMBERED_MS)) {
    data.sortedSet('ended').remove(session);
    data.hash('marks').delete(session);
  }
  return objects;
}

function endSession(call: ScriptCall, session: string, reason: ReleaseReason): number {
  const { data } = call;
  const ids = data.members(`held:${session}`);
  for (const id of ids) {
    release(call, id, reason);
    makeReady(data, id);
  }
  data.sortedSet('sessions').remove(session);
  data.hash('turns').delete(session);
  data.removeSet(`done:${session}`);
  return ids.length;
}

/** The list in pieces of that length. */
function groups(list: readonly string[], length: 2): readonly [string, string][];
function groups(list: readonly string[], length: 3): readonly [string, string, string][];
function groups(list: readonly string[], length: 5): readonly [string, string, string, string, string][];
function groups(list: readonly string[], length: number): readonly string[][] {
  return Array.from({ length: list.length / length }, (_, index) => list.slice(index * length, (index + 1) * length));
}
