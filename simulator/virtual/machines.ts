/** The machines of a world, each with a streamer on it; and what they share, where they share something. */
import { type createPipeline, createScripts, encodeWanted, sharedIdOf, type WantedObject } from '#streamer';
import { Changes } from './changes.ts';
import { DurableState } from './durable-state.ts';
import { LifeCycle, type LifeCycleOptions } from './life-cycle.ts';
import { MemoryJournal } from './memory-journal.ts';
import { MemoryStateStore } from './memory-state-store.ts';
import { Operator } from './operator.ts';
import type { WorldPlan } from './plan.ts';
import { RedisServer } from './redis-server.ts';
import type { EncodedRequest } from './redis-want.ts';
import { Sagas } from './sagas.ts';
import { SavedProgress } from './saved-progress.ts';
import { openSharedState } from './shared-instance-state.ts';
import { SharingWatch } from './sharing-watch.ts';
import type { StoredObjects } from './stored-objects.ts';
import type { Surroundings } from './surroundings.ts';
import { HostClock } from './virtual-time.ts';
import { configOf } from './world-config.ts';

export interface Machines {
  readonly streamers: readonly LifeCycle[];
  readonly operator: Operator;
  /** Null where nothing is shared. */
  readonly watch: SharingWatch | null;
  /** What is shared goes wrong as planned. */
  schedule(fault: WorldPlan['faults'][number]): void;
}

export interface MachinesOptions {
  readonly surroundings: Surroundings;
  readonly objects: StoredObjects;
  readonly createPipeline: typeof createPipeline;
}

type Common = Omit<LifeCycleOptions, 'machine' | 'host' | 'openState' | 'watch'>;

export function createMachines(options: MachinesOptions): Machines {
  const { surroundings, objects } = options;
  const { plan, judge, truth, desk } = surroundings;
  const progress = new SavedProgress({ judge, truth, isShared: plan.redis !== null });
  let started = 0;
  const common = {
    ...options,
    config: configOf(plan.settings),
    changes: new Changes(surroundings, objects),
    sagas: new Sagas(desk),
    nextNumber: () => (started += 1),
  };
  return plan.redis === null ? createOne(common, progress) : createSharing(common, progress, plan.redis.leaseTtlMs);
}

function createOne(common: Common, progress: SavedProgress): Machines {
  const { surroundings, objects } = common;
  const durable = new DurableState();
  const operator = new Operator({ surroundings, objects, want: (request) => durable.want(request).seq });
  const streamer = new LifeCycle({
    ...common,
    machine: 0,
    host: new HostClock(surroundings.time),
    watch: null,
    openState: (own, instance) =>
      new MemoryStateStore({
        surroundings: own,
        life: instance,
        unsaved: instance.unsaved,
        durable,
        progress,
        onCommit: ({ fulfilled }) => {
          for (const { wantedSeq } of fulfilled) operator.onFulfilled(wantedSeq);
        },
      }),
  });
  return { streamers: [streamer], operator, watch: null, schedule: () => undefined };
}

function createSharing(common: Common, progress: SavedProgress, leaseTtlMs: number): Machines {
  const { surroundings, objects } = common;
  const { plan } = surroundings;
  const onFulfilled = (seq: number): void => operator.onFulfilled(seq);
  const watch: SharingWatch = new SharingWatch({ ...surroundings, progress, leaseTtlMs, onFulfilled });
  const server: RedisServer = new RedisServer({
    surroundings,
    watch,
    onForgotten: (before) => {
      watch.forgot(server.redis.data, before);
      operator.onForgotten(new Set([...server.redis.data.hash('wanted').keys()].map(Number)));
    },
  });
  const operator: Operator = new Operator({ surroundings, objects, want: (request) => want(server, request) });
  const streamers = Array.from({ length: plan.instances }, (_, machine) => {
    const journal = new MemoryJournal();
    return new LifeCycle({
      ...common,
      machine,
      host: new HostClock(surroundings.time),
      watch,
      openState: (own, instance, events) =>
        openSharedState({ surroundings: own, instance, server, watch, progress, journal, leaseTtlMs, events }),
    });
  });
  const schedule: Machines['schedule'] = (fault) => {
    if (fault.kind === 'redis-away' || fault.kind === 'redis-failover' || fault.kind === 'redis-empty')
      server.schedule(fault);
  };
  return { streamers, operator, watch, schedule };
}

/** As the commands do it, on a connection of their own. */
function want({ redis }: RedisServer, request: Omit<WantedObject, 'seq'>): number | null {
  const id = sharedIdOf(request.object);
  const epoch = redis.data.hash('meta').get('epoch');
  if (epoch === undefined) return null;
  const earlier = redis.data.hash('wanted_ids').get(id) ?? '';
  const encoded: EncodedRequest = {
    id,
    earlier,
    record: encodeWanted(request),
    isWhole: request.kind === 'again',
    quarantine: [],
    leftOut: null,
  };
  redis.run(createScripts().want, [epoch, JSON.stringify([encoded])]);
  return Number(redis.data.hash('wanted_ids').get(id));
}
