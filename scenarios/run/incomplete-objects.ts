/**
 * Objects that arrived whole and that durable state does not hold for complete, when every streamer has ended as it should: the next start would send them again.
 * Neither side is the streamer's word: the sink's ledger says what arrived, and the state is read from outside.
 */
import type { Stage } from './context.ts';
import { type DurableObject, readDurable, withoutStreamer } from './durable-state.ts';
import type { Execution } from './execute.ts';

/** Of one object, as the sink has it. */
interface DeliveredObject {
  readonly index: number;
  readonly lines: number;
  readonly acknowledgedLines: number;
}

/** To be asked after the clean stop. Null where no streamer is left whose state could be read. */
export async function countIncompleteObjects(
  stage: Stage,
  { streamers, warmup, parts }: Execution,
): Promise<number | null> {
  // What instances share is one state; without it there is one streamer, with a state of its own.
  const [first] = streamers;
  if (first === undefined) return null;
  const uploadRecords = [...(warmup === null ? [] : [warmup]), ...parts].map(({ record }) => record);
  const durable = await readDurable(stage, withoutStreamer(stage, first), uploadRecords);
  return incompleteObjects(await stage.sink.client.objects(), durable).length;
}

/** Where a line is missing, the object must not be complete: that is for the ledger to say. */
export function incompleteObjects(
  delivered: readonly DeliveredObject[],
  durable: readonly DurableObject[],
): readonly string[] {
  const arrived = new Set(
    delivered.filter(({ lines, acknowledgedLines }) => acknowledgedLines === lines).map(({ index }) => index),
  );
  return durable.filter(({ index, record }) => arrived.has(index) && record.kind !== 'complete').map(({ key }) => key);
}
