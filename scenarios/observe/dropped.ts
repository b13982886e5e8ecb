/** Where `http.on_full: drop` is set: what is missing, beside what the streamer says of each object that it has not sent. */
import { completedObjects } from '../run/streamers.ts';
import type { Observation } from './observation.ts';

interface ObjectLines {
  readonly key: string;
  /** Of the load. */
  readonly lines: number;
  /** By the sink's ledger. */
  readonly arrived: number;
  /** By the streamer, when the object was complete; null where it never was. */
  readonly sent: number | null;
}

export const droppedOtherwise: Observation = {
  id: 'droppedOtherwise',
  name: 'objects that miss other lines than were dropped',
  unit: 'objects',
  measure: async ({ stage, execution: { streamers }, uploads }) => {
    const arrived = new Map((await stage.sink.client.objects()).map((one) => [one.index, one.acknowledgedLines]));
    const completed = completedObjects(streamers);
    const objects = uploads.map(({ index, key, lines }) => ({
      key,
      lines,
      arrived: arrived.get(index) ?? 0,
      sent: completed.get(key)?.lines ?? null,
    }));
    return missedOtherwise(objects).length;
  },
};

/** Keys of the objects of which less, or more, arrived than the streamer says it sent; all are sent whole where nothing is dropped. */
export function missedOtherwise(objects: readonly ObjectLines[]): readonly string[] {
  return objects.filter(({ lines, arrived, sent }) => arrived !== (sent ?? lines)).map(({ key }) => key);
}
