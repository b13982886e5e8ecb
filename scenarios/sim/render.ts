/** What `npm run sim` says, as text. */
import { INVARIANTS, type SharingCounts, type WorldPlan, type WorldResult } from '#simulator';
import type { WorldTally } from './tally.ts';

const DAY_S = 86_400;

export function renderSums(tally: WorldTally, elapsedS: number): string {
  const { worlds, objects, lines, repeatedLines, steps, virtualS, sharing } = tally.sums;
  const kinds = [...tally.kinds].toSorted(([, left], [, right]) => right - left);
  return [
    `${heldIn(worlds, tally.breaches.length)}: ${number(objects)} objects, ${number(lines)} lines, ` +
      `${number(repeatedLines)} repetitions${tally.breaches.length === 0 ? ', each explained' : ''}; ${number(steps)} steps, ${(virtualS / DAY_S).toFixed(1)} days of virtual time in ${elapsedS.toFixed(1)} s.`,
    ...(sharing === null ? [] : [renderSharing(sharing)]),
    `Worlds in which a fault did something: ${kinds.map(([kind, times]) => `${kind} ${number(times)}`).join(' · ')}`,
    '',
  ].join('\n');
}

function heldIn(worlds: number, breached: number): string {
  if (breached === 0) return `Every invariant held in ${count(worlds, 'world')}`;
  return `An invariant broke in ${number(breached)} of ${count(worlds, 'world')}. All of them`;
}

function renderSharing({ grants, takeovers, refusals, forgettings }: SharingCounts): string {
  return (
    `${count(grants, 'claim')}; ${number(takeovers)} taken over from dead sessions, ${number(refusals)} refused to those who had lost them; ` +
    `Redis forgot ${number(forgettings)} times.`
  );
}

export interface Breach {
  readonly result: WorldResult;
  /** What is left when all is taken away that the breach does not need; null when nobody tried. */
  readonly smallest: WorldPlan | null;
  /** Commands that show it again. */
  readonly replays: readonly string[];
}

export function renderBreach({ result, smallest, replays }: Breach): string {
  const { violation, seed } = result;
  if (violation === null) return '';
  return [
    `Seed ${seed} breaks the invariant ${violation.invariant}: ${INVARIANTS[violation.invariant]}.`,
    `  After ${violation.atS.toFixed(3)} s: ${violation.detail}.`,
    ...(smallest === null ? [] : renderSmallest(smallest)),
    ...replays.map((replay) => `  replay: ${replay}`),
    '',
  ].join('\n');
}

function renderSmallest({ faults, objects, calm }: WorldPlan): readonly string[] {
  return [
    `  It takes ${count(faults.length, 'fault')}, ${count(objects.length, 'object')}, and ${number(calm.objects.length)} in the calm act:`,
    ...faults.map((fault) => `    ${JSON.stringify(fault)}`),
  ];
}

function count(n: number, noun: string): string {
  return `${number(n)} ${noun}${n === 1 ? '' : 's'}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
