/** All record kinds, by the name that a load's spec gives them. */
import type { RecordKind } from './record-kind.ts';
import { zscaler } from './zscaler.ts';

export const RECORD_KINDS = { zscaler } as const satisfies Readonly<Record<string, RecordKind>>;
