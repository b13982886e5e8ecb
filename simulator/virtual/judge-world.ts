/** The verdict on one world: it also has to have exercised something. */
import { type Fault, type FaultKind, SHARING_KINDS } from './fault.ts';
import type { SharingCounts } from './sharing-watch.ts';
import type { WorldResult } from './world.ts';

export type WorldVerdict = 'held' | 'breached' | 'proves-nothing';

const OBJECTS_MIN = 200;
const FAULTS_MIN = 5;
const KINDS_MIN = 3;
/** Beside those, where instances share. */
const SHARING_KINDS_MIN = 2;
/** A world that begins late owes only some of its objects. */
const GRANTS_MIN = 60;

export function verdictOfWorld(
  result: Pick<WorldResult, 'violation' | 'objects' | 'exercised' | 'sharing'>,
): WorldVerdict {
  if (result.violation !== null) return 'breached';
  const kinds = new Set(result.exercised.map(({ fault }) => fault.kind));
  const isEnough = result.objects >= OBJECTS_MIN && result.exercised.length >= FAULTS_MIN && kinds.size >= KINDS_MIN;
  return isEnough && isSharingEnough(result.sharing, kinds) ? 'held' : 'proves-nothing';
}

/** Every instance had work, and something happened to the sharing itself. */
function isSharingEnough(sharing: SharingCounts | null, kinds: ReadonlySet<FaultKind>): boolean {
  if (sharing === null) return true;
  const sharingKinds = [...kinds].filter((kind) => SHARING_KINDS.has(kind));
  return sharing.grants >= GRANTS_MIN && sharing.idleMachines === 0 && sharingKinds.length >= SHARING_KINDS_MIN;
}

/** In how many worlds faults of each kind did something. */
export function countKinds(exercised: readonly { readonly fault: Fault }[], counts: Map<FaultKind, number>): void {
  for (const kind of new Set(exercised.map(({ fault }) => fault.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
