/** What is in quarantine, asked as an operator would, beside what the generator damaged: by object, reason and place. */
import { gunzipSync } from 'node:zlib';
import { damageBody, type DamageKind, damagePlace, QUARANTINE_REASON, REFUSED_WORDS, type SinkFault } from '#simulator';
import { z } from 'zod';
import { askStreamer } from '../run/ask-streamer.ts';
import type { Evidence } from '../run/evidence.ts';
import { damageByIndex } from '../run/upload.ts';
import type { Observation } from './observation.ts';
import {
  type ExpectedRecord,
  matchQuarantine,
  type QuarantineMatch,
  type QuarantineRecord,
} from './quarantine-match.ts';

const recordSchema = z.object({
  key: z.string(),
  reason: z.string(),
  detail: z.string(),
  range: z.object({ start: z.number(), end: z.number() }).nullable(),
  firstLine: z.number().nullable(),
});

/** What the sink answers to a line that it is told to refuse: the operator must find it in the record. */
function refusalOf(kind: keyof typeof REFUSED_WORDS): string {
  return `refused: ${REFUSED_WORDS[kind]}`;
}

/** The sink's fault that does so. */
export function refusing(kind: keyof typeof REFUSED_WORDS, status: number): SinkFault {
  return { kind: 'poison', text: REFUSED_WORDS[kind], status, answer: refusalOf(kind) };
}

export const quarantineExpected: Observation = {
  id: 'quarantineExpected',
  name: 'records that belong in quarantine',
  unit: 'records',
  measure: (evidence) => damagedObjects(evidence).length,
};

export const quarantineMissing: Observation = {
  id: 'quarantineMissing',
  name: 'damage that is not in quarantine with its reason and place',
  unit: 'records',
  measure: async (evidence) => (await compare(evidence)).missing.length,
};

export const quarantineUndeserved: Observation = {
  id: 'quarantineUndeserved',
  name: 'quarantined without a cause, or twice',
  unit: 'records',
  measure: async (evidence) => (await compare(evidence)).undeserved.length,
};

async function compare(evidence: Evidence): Promise<QuarantineMatch> {
  const { load } = evidence.stage;
  const expected: ExpectedRecord[] = [];
  for (const { index, key, kind, reason } of damagedObjects(evidence)) {
    const gz = await load.readBody(index);
    const answer = kind === 'malformed-line' || kind === 'unprocessable-line' ? refusalOf(kind) : null;
    const place = damagePlace(kind, gz);
    expected.push({
      key,
      reason,
      answer,
      place,
      content: answer === null ? nothing : gunzipSync(damageBody(kind, gz)),
    });
  }
  return matchQuarantine(expected, await listQuarantine(evidence), load.manifest.identity.marker);
}

const nothing = Buffer.alloc(0);

interface Damaged {
  readonly index: number;
  readonly key: string;
  readonly kind: DamageKind;
  readonly reason: string;
}

function damagedObjects({ execution: { parts }, uploads }: Evidence): readonly Damaged[] {
  const keys = new Map(uploads.map(({ index, key }) => [index, key]));
  return [...damageByIndex(parts.map(({ part }) => part))].flatMap(([index, kind]) => {
    const key = keys.get(index);
    const reason = QUARANTINE_REASON[kind];
    return key === undefined || reason === null ? [] : [{ index, key, kind, reason }];
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
