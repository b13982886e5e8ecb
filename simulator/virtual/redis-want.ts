/** The script by which an operator asks for objects. */
import { recordOf } from './redis-commit.ts';
import type { RedisData } from './redis-data.ts';
import type { ScriptCall } from './redis-work.ts';

/** What `want` is given, as JSON. */
export interface EncodedRequest {
  readonly id: string;
  /** The earlier request of the object that the caller knows of; '' for none. */
  readonly earlier: string;
  readonly record: string;
  readonly isWhole: boolean;
  /** Records that it answers. */
  readonly quarantine: readonly string[];
  /** What of the object is not asked for, where lines of it are. */
  readonly leftOut: readonly (readonly [number, number])[] | null;
}

/** Gives back 0 for each that was written, 1 for each whose object has another earlier request by now. */
export function want(call: ScriptCall): readonly number[] {
  const { data, args } = call;
  const requests: readonly EncodedRequest[] = JSON.parse(args[1] ?? '[]');
  return requests.map((request) => {
    if ((data.hash('wanted_ids').get(request.id) ?? '') !== request.earlier) return 1;
    write(call, request);
    return 0;
  });
}

function write(
  { data, nowMs, watch }: ScriptCall,
  { id, earlier, record, isWhole, quarantine, leftOut }: EncodedRequest,
): void {
  const seq = Math.max(data.increment('meta', 'wanted_seq'), nowMs);
  data.hash('meta').set('wanted_seq', String(seq));
  if (earlier !== '') {
    for (const number of data.members(`retries:${earlier}`)) answer(data, number, seq);
    data.hash('wanted').delete(earlier);
    data.hash('wanted_owner').delete(earlier);
  }
  data.hash('wanted').set(String(seq), record);
  data.hash('wanted_ids').set(id, String(seq));
  data.hash('wanted_owner').set(String(seq), id);
  if (isWhole) {
    const partial = data.hash('partial').get(id);
    data.hash('partial').delete(id);
    data.sortedSet('partial_time').remove(id);
    if (partial !== undefined) watch.dropped(id, partial, seq);
    for (const number of [...data.hash('quarantine').keys()]) {
      const { objectId, closedMs } = recordOf(data, number);
      if (objectId === id && closedMs === undefined) answer(data, number, seq);
    }
  } else if (leftOut !== null) keepOnly(data, id, leftOut);
  for (const number of quarantine) answer(data, number, seq);
}

function keepOnly(data: RedisData, id: string, leftOut: readonly (readonly [number, number])[]): void {
  const stored = data.hash('partial').get(id);
  if (stored === undefined) return;
  const partial: { readonly object: string; readonly settled: readonly [number, number][] } = JSON.parse(stored);
  const both = partial.settled.flatMap((range) =>
    leftOut
      .map((other) => [Math.max(range[0], other[0]), Math.min(range[1], other[1])] as const)
      .filter(([start, end]) => end > start),
  );
  if (both.length > 0) {
    data.hash('partial').set(id, JSON.stringify({ object: partial.object, settled: both }));
    return;
  }
  data.hash('partial').delete(id);
  data.sortedSet('partial_time').remove(id);
}

function answer(data: RedisData, number: string, seq: number): void {
  if (!data.hash('quarantine').has(number)) return;
  const record = recordOf(data, number);
  if (record.wantedSeq !== undefined) data.removeMember(`retries:${record.wantedSeq}`, number);
  data.hash('quarantine').set(number, JSON.stringify({ ...record, wantedSeq: seq }));
  data.addMember(`retries:${seq}`, number);
}
