/** What is in quarantine, asked as an operator would, beside what the generator damaged: by object and reason. */
import { type DamageKind, QUARANTINE_REASON, REFUSED_WORDS } from '#simulator';
import { z } from 'zod';
import { askStreamer } from '../run/ask-streamer.ts';
import type { Evidence } from '../run/evidence.ts';
import { damageByIndex } from '../run/upload.ts';
import type { Observation } from './observation.ts';

const recordSchema = z.object({ key: z.string(), reason: z.string(), detail: z.string() });

type QuarantineRecord = Readonly<z.infer<typeof recordSchema>>;

interface Expected {
  readonly key: string;
  readonly kind: DamageKind;
  readonly reason: string;
}

/** What the sink answers to a line that it is told to refuse: the operator must find it in the record. */
export function refusalOf(kind: keyof typeof REFUSED_WORDS): string {
  return `refused: ${REFUSED_WORDS[kind]}`;
}

export const quarantineExpected: Observation = {
  id: 'quarantineExpected',
  name: 'records that belong in quarantine',
  unit: 'records',
  measure: (evidence) => expectedRecords(evidence).length,
};

/** Damage without a record of its own reason, with the answer's words where there was one. */
export const quarantineMissing: Observation = {
  id: 'quarantineMissing',
  name: 'damage that is not in quarantine with its own reason',
  unit: 'records',
  measure: async (evidence) => {
    const records = await listQuarantine(evidence);
    return expectedRecords(evidence).filter((wanted) => !records.some((found) => isRecordOf(wanted, found))).length;
  },
};

export const quarantineUndeserved: Observation = {
  id: 'quarantineUndeserved',
  name: 'records in quarantine that nothing damaged explains',
  unit: 'records',
  measure: async (evidence) => {
    const wanted = expectedRecords(evidence);
    return (await listQuarantine(evidence)).filter((found) => !wanted.some((one) => isRecordOf(one, found))).length;
  },
};

function isRecordOf({ key, kind, reason }: Expected, found: QuarantineRecord): boolean {
  if (found.key !== key || found.reason !== reason) return false;
  return kind === 'malformed-line' || kind === 'unprocessable-line' ? found.detail.includes(refusalOf(kind)) : true;
}

function expectedRecords({ execution: { parts }, uploads }: Evidence): readonly Expected[] {
  const keys = new Map(uploads.map(({ index, key }) => [index, key]));
  return [...damageByIndex(parts.map(({ part }) => part))].flatMap(([index, kind]) => {
    const key = keys.get(index);
    const reason = QUARANTINE_REASON[kind];
    return key === undefined || reason === null ? [] : [{ key, kind, reason }];
  });
}

async function listQuarantine({ stage: { bundle, s3 }, execution }: Evidence): Promise<readonly QuarantineRecord[]> {
  const records: QuarantineRecord[] = [];
  for (const { configFile } of execution.streamers) {
    const stdout = await askStreamer(['quarantine', 'list'], { bundle, configFile, env: s3.env });
    const lines = stdout.split('\n').filter((line) => line !== '');
    records.push(...lines.map((line) => recordSchema.parse(JSON.parse(line))));
  }
  return records;
}
