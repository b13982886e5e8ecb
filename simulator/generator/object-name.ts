/** Keys of uploaded objects, as the Zscaler feed names them: `year=2025/month=10/day=12/1760305292_56442_130_1.gz`, in UTC. */
import assert from 'node:assert/strict';

/** The two ids in the documented example of a name. */
const FEED_ID = 56_442;
const PART_ID = 130;

export interface NamedObject {
  readonly key: string;
  /** By the machine's clock. */
  readonly fileTimestampMs: number;
}

/**
 * Names objects one after the other; objects of one second are numbered 1, 2, 3 ... `part` tells generators apart that write into one prefix:
 * two that upload different parts of a load never choose the same key. `aheadMs`: the names are of a time so much later.
 */
export function createNamer(prefix: string, part: number, aheadMs = 0): (timeMs: number) => NamedObject {
  let secondBefore = -1;
  let sequence = 0;
  return (timeMs) => {
    const second = Math.floor((timeMs + aheadMs) / 1_000);
    assert(second >= secondBefore, 'objects are named in the order of their times');
    sequence = second === secondBefore ? sequence + 1 : 1;
    secondBefore = second;
    const name = `${second}_${FEED_ID}_${PART_ID + part}_${sequence}.gz`;
    return { key: `${prefix}${partitionOf(second)}${name}`, fileTimestampMs: second * 1_000 - aheadMs };
  };
}

/** Months and days are not padded: `month=9` comes before `month=10`, whatever the order of strings says. */
function partitionOf(second: number): string {
  const date = new Date(second * 1_000);
  return `year=${date.getUTCFullYear()}/month=${date.getUTCMonth() + 1}/day=${date.getUTCDate()}/`;
}
