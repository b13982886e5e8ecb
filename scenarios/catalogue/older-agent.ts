/** Agents that know nothing of NDJSON: each POST is one record to them, whatever newlines it holds, and is answered 200. */
import { duplicatesWithinBound, lagShowsSlip, lagSlo, nothingLost } from '../checks.ts';
import { defineScenario, documentedRawMBPerMin, documentedShape, loadOf, promptSettings } from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const loadS = 20;
/** A POST a line is all that there is to it, and at 1x that is 2,500 a second. */
const timesDocumented = 0.1;
const linesPerObject = 500;
const rawMBPerObject = 0.77;

export const olderAgent: ScenarioBuilder = ({ durationS }) => {
  const forS = durationS ?? loadS;
  const rawMBPerMin = documentedRawMBPerMin * timesDocumented;
  const objects = Math.max(1, Math.round((rawMBPerMin / 60 / rawMBPerObject) * forS));
  return defineScenario({
    name: 'older-agent',
    why: 'Agents before 2.11 take the body of a POST for one record: with one line to a batch, each line comes as its own.',
    proves: 'EdgeDelta splits NDJSON into records from 2.11 on; for older agents there is `http.batch_lines: 1`.',
    takesS: forS + 10,
    load: loadOf(`${timesDocumented}x`, [{ name: 'live', objects, arrival: { kind: 'constant', rawMBPerMin } }], {
      shape: { ...documentedShape, linesPerObject },
      warmupObjects: 2,
    }),
    agentPlan: { splitsLines: false },
    settings: [
      ...promptSettings,
      {
        key: 'http.batch_lines',
        value: 1,
        shipped: 1000,
        why: 'what holds two lines is one garbled record to such an agent',
      },
    ],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      lagShowsSlip,
      {
        name: 'POSTs, one a line',
        kind: 'performance',
        path: 'requests.post',
        op: '==',
        limit: { path: 'load.lines' },
        unit: 'requests',
      },
    ],
  });
};
