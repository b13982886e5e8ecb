/**
 * The shared state as the commands see and change it: beside running instances; only `rewind` and `begin` want all of them stopped, because what an instance
 * remembers would undo them.
 */
import { randomUUID } from 'node:crypto';
import { intersectRanges } from '../../core/wanted-ranges.ts';
import { StreamerError } from '../../errors.ts';
import type { ObjectRecord, ObjectRef, StateHead } from '../../ports.ts';
import type { Rewound, WantedRequest } from '../state-admin.ts';
import { NOTHING, PIECE_OBJECTS, piecesOf, type Remembered } from '../remembered.ts';
import { HOUR_MS } from '../state-database.ts';
import type { HourCount, PartialObject, QuarantineEntry } from '../state-reader.ts';
import { statusOf } from '../state-reader.ts';
import {
  decodePartial,
  decodeQuarantine,
  decodeWanted,
  encodeRemembered,
  encodeWanted,
  idOfText,
  sharedIdOf,
} from './codec.ts';
import type { RedisConnection } from './connection.ts';
import { lookUp } from './look-up.ts';
import { listOf, textsOf } from './replies.ts';
import { createScripts, type Script } from './scripts.ts';

/** Another command changed a request of the same object meanwhile: so often it is looked at again. */
const WANT_ATTEMPTS_MAX = 10;
const PARTIALS_MAX = 1_000_000;
const KEY_NAMES = [
  'complete',
  'partial',
  'partial_time',
  'objects',
  'claims',
  'ready',
  'quarantine',
  'wanted',
] as const;

export class RedisAdmin {
  readonly path: string;
  readonly #connection: RedisConnection;
  readonly #scripts = createScripts();
  readonly #epoch: string;

  /** Null where there is no state yet. */
  static async open(connection: RedisConnection): Promise<RedisAdmin | null> {
    const [epoch = '', startFrom] = textsOf(
      await connection.command('HMGET', [connection.key('meta'), 'epoch', 'start_from']),
    );
    return epoch === '' || startFrom === '' ? null : new RedisAdmin(connection, epoch);
  }

  private constructor(connection: RedisConnection, epoch: string) {
    this.#connection = connection;
    this.#epoch = epoch;
    this.path = `${connection.place} ${connection.key('*')}`;
  }

  async head(): Promise<StateHead | null> {
    const [startFrom, floor] = await this.#meta('start_from', 'floor');
    return startFrom === '' ? null : { startFromMs: Number(startFrom), floorMs: Number(floor) };
  }

  async forgottenBeforeMs(): Promise<number | null> {
    const [forgotten] = await this.#meta('forgotten_before');
    return forgotten === '' ? null : Number(forgotten);
  }

  async lookup(objects: readonly ObjectRef[]): Promise<readonly ObjectRecord[]> {
    return lookUp(objects, async (ids) => this.#run(this.#scripts.lookup, ids));
  }

  async completeByHour(): Promise<readonly HourCount[]> {
    const counts = listOf(await this.#run(this.#scripts.countHours, [])).map(Number);
    return Array.from({ length: counts.length / 2 }, (_, index) => ({
      hourStartMs: (counts[2 * index] ?? 0) * HOUR_MS,
      objects: counts[2 * index + 1] ?? 0,
    }));
  }

  async partials(objectsMax: number): Promise<readonly PartialObject[]> {
    const ids = textsOf(await this.#command('ZRANGE', 'partial_time', 0, objectsMax - 1));
    return (await this.#values('partial', ids)).map((text) => decodePartial(text));
  }

  async partialCount(): Promise<number> {
    return Number(await this.#command('HLEN', 'partial'));
  }

  async wantedCount(): Promise<number> {
    return Number(await this.#command('HLEN', 'wanted'));
  }

  async droppedLines(): Promise<number> {
    const counts = textsOf(await this.#command('HVALS', 'dropped'));
    return counts.reduce((sum, lines) => sum + Number(lines), 0);
  }

  async quarantined({ isClosedToo }: { readonly isClosedToo: boolean }): Promise<readonly QuarantineEntry[]> {
    const numbers = textsOf(await this.#command('HKEYS', 'quarantine')).toSorted((a, b) => Number(a) - Number(b));
    const entries = (await this.#values('quarantine', numbers)).map((text, index): QuarantineEntry => {
      const { wantedSeq, closedMs = null, outcome, ...record } = decodeQuarantine(text);
      const status = statusOf({ isClosed: closedMs !== null, isWanted: wantedSeq !== undefined, outcome });
      return { ...record, id: Number(numbers[index]), status, closedMs };
    });
    return isClosedToo ? entries : entries.filter(({ closedMs }) => closedMs === null);
  }

  /** In the memory of Redis, about. */
  async fileBytes(): Promise<number> {
    let bytes = 0;
    for (const name of KEY_NAMES)
      bytes += Number((await this.#connection.command('MEMORY', ['USAGE', this.#connection.key(name)])) ?? 0);
    return bytes;
  }

  async isInUse(): Promise<boolean> {
    return Number(await this.#run(this.#scripts.countSessions, [])) > 0;
  }

  /** One request an object: a later one takes the earlier one in, and is a new request to instances that have the earlier one under way. */
  async want(requests: readonly WantedRequest[]): Promise<void> {
    let open = requests;
    for (let attempt = 0; open.length > 0; attempt += 1) {
      if (attempt === WANT_ATTEMPTS_MAX)
        throw new StreamerError('STATE_UNWRITABLE', 'other commands ask for the same objects: try again in a moment');
      const refused: WantedRequest[] = [];
      for (const chunk of piecesOf(open)) refused.push(...(await this.#tryWant(chunk)));
      open = refused;
    }
  }

  async rewind(wishedMs: number): Promise<Rewound> {
    const before = await this.head();
    if (before === null)
      throw new StreamerError('STATE_MISSING', `${this.path} holds no progress yet: nothing to rewind`);
    const hour = Math.floor(wishedMs / HOUR_MS);
    const toMs = hour * HOUR_MS;
    const forgottenBeforeMs = await this.forgottenBeforeMs();
    const answer = listOf(await this.#run(this.#scripts.rewind, [randomUUID(), hour, Date.now()])).map(Number);
    const [completeObjects = 0, partialObjects = 0] = answer;
    if (completeObjects < 0) throw this.#shared(partialObjects);
    return {
      toMs,
      before,
      after: { startFromMs: Math.min(before.startFromMs, toMs), floorMs: Math.min(before.floorMs, toMs) },
      completeObjects,
      partialObjects,
      uncountedBeforeMs: forgottenBeforeMs !== null && toMs < forgottenBeforeMs ? forgottenBeforeMs : null,
    };
  }

  /** Keeps it under another key prefix, which is given back, and leaves none under this one. */
  async setAside(suffix: string): Promise<string> {
    const keys = this.#connection.key('').replace(/}:$/, `-${suffix}}:`);
    const instances = Number(await this.#run(this.#scripts.setAside, [keys]));
    if (instances > 0) throw this.#shared(instances);
    return keys.slice(1, -2);
  }

  /** All of it, in pieces, but for what is asked for. */
  async *remembered(): AsyncGenerator<Remembered> {
    yield {
      ...NOTHING,
      head: await this.head(),
      forgottenBeforeMs: await this.forgottenBeforeMs(),
      quarantined: await this.quarantined({ isClosedToo: false }),
    };
    const partial = await this.partials(PARTIALS_MAX);
    for (const piece of piecesOf(partial.map((one) => ({ ...one, complete: false }))))
      yield { ...NOTHING, partial: piece };
    for (let first = 0; ; first += PIECE_OBJECTS) {
      const args = [first, first + PIECE_OBJECTS - 1];
      const flat = textsOf(await this.#run(this.#scripts.listComplete, args));
      if (flat.length === 0) return;
      const complete = Array.from({ length: flat.length / 2 }, (_, index) => ({
        id: idOfText(flat[2 * index] ?? ''),
        hour: Number(flat[2 * index + 1]),
      }));
      yield { ...NOTHING, complete };
    }
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /** Gives back those whose object has another earlier request by now. */
  async #tryWant(requests: readonly WantedRequest[]): Promise<readonly WantedRequest[]> {
    const ids = requests.map(({ object }) => sharedIdOf(object));
    const earlierSeqs = textsOf(await this.#command('HMGET', 'wanted_ids', ...ids));
    const earlier = await this.#earlier(earlierSeqs);
    const made = requests.flatMap((request, index) => {
      const { object, kind, settled, quarantineIds } = request;
      const before = earlier.get(earlierSeqs[index] ?? '');
      const isEarlierAgain = before?.kind === 'again';
      if (isEarlierAgain && kind === 'missing') return [];
      const record = encodeWanted({
        object,
        kind,
        settled: isEarlierAgain ? intersectRanges(before.settled, settled) : settled,
      });
      const isWhole = quarantineIds === 'all';
      return [
        {
          request,
          encoded: {
            id: ids[index],
            earlier: earlierSeqs[index] ?? '',
            record,
            isWhole,
            quarantine: isWhole ? [] : quarantineIds.map(String),
            leftOut: kind === 'again' ? settled.map(({ start, end }) => [start, end]) : null,
          },
        },
      ];
    });
    const args = [JSON.stringify(made.map(({ encoded }) => encoded))];
    const conflicts = listOf(await this.#run(this.#scripts.want, args)).map(Number);
    return made.flatMap(({ request }, index) => (conflicts[index] === 1 ? [request] : []));
  }

  async #earlier(seqs: readonly string[]): Promise<ReadonlyMap<string, ReturnType<typeof decodeWanted>>> {
    const known = seqs.filter((seq) => seq !== '');
    const texts = known.length === 0 ? [] : textsOf(await this.#command('HMGET', 'wanted', ...known));
    return new Map(
      texts.flatMap((text, index) => (text === '' ? [] : [[known[index] ?? '', decodeWanted(text)] as const])),
    );
  }

  async #values(name: string, fields: readonly string[]): Promise<readonly string[]> {
    const values: string[] = [];
    for (const chunk of piecesOf(fields)) values.push(...textsOf(await this.#command('HMGET', name, ...chunk)));
    return values.filter((text) => text !== '');
  }

  async #meta(...fields: readonly string[]): Promise<readonly string[]> {
    return textsOf(await this.#command('HMGET', 'meta', ...fields));
  }

  async #command(name: string, key: string, ...args: readonly (string | number)[]): Promise<unknown> {
    return this.#connection.command(name, [this.#connection.key(key), ...args]);
  }

  #shared(instances: number): StreamerError {
    return new StreamerError(
      'STATE_LOCKED',
      `${instances} instances share the state at ${this.path}: stop them all first; one that was killed counts until its lease ends`,
    );
  }

  async #run(script: Script, args: readonly (string | number)[]): Promise<unknown> {
    return this.#connection.run(script, [this.#epoch, ...args]);
  }
}

/** Begins the shared state with what another store remembers. There must be none yet. */
export async function beginRedisState(
  connection: RedisConnection,
  remembered: Iterable<Remembered> | AsyncIterable<Remembered>,
): Promise<void> {
  const scripts = createScripts();
  const [epoch = ''] = textsOf(await connection.run(scripts.open, ['', randomUUID(), 0]));
  const tell = async (piece: Remembered): Promise<unknown> =>
    connection.run(scripts.commit, [epoch, '', 0, encodeRemembered(piece)]);
  // Only with a head it is a state: one that was broken off before is none, and can be begun again.
  const heads: Remembered[] = [];
  for await (const piece of remembered) {
    if (piece.head === null) await tell(piece);
    else heads.push(piece);
  }
  for (const piece of heads) await tell(piece);
}
