/** Answers that leave open whether the batch was stored: cut after storing, too late, an error after storing, none at all. */
import { duplicatesWithinBound, mayComeLate, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { expectObserved } from '../observe/observation.ts';
import { ambiguousBatches } from '../observe/requests.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const loadS = 15;
const answerTimeoutS = 2;
/** Of each kind, so that each is met. */
const ofEach = 6;

const eachKindWasMet = expectObserved(ambiguousBatches, 'validity', '>=', 4 * ofEach, 'each kind must have been met');

export const ackAmbiguity: ScenarioBuilder = () =>
  defineScenario({
    name: 'ack-ambiguity',
    why: 'Batches are stored and the answer is cut, late, missing or an error: each is sent again, and none is lost.',
    proves: 'At least once, always; one batch sent twice for each ambiguous answer, and no more.',
    takesS: 25,
    load: loadOf('10x', [constantPart('live', 10, loadS)], { warmupObjects: 4 }),
    settings: [
      ...promptSettings,
      {
        key: 'http.response_header_timeout',
        value: `${answerTimeoutS}s`,
        shipped: '10s',
        why: 'an answer that is late is late soon',
      },
    ],
    faults: [
      {
        at: { afterS: 1 },
        action: {
          kind: 'sink',
          label: 'stored, then the connection is cut',
          faults: [{ kind: 'reset', when: 'after-store', rate: 0.1, count: ofEach }],
          forS: loadS,
        },
      },
      {
        at: { afterS: 2 },
        action: {
          kind: 'sink',
          label: 'stored, and answered 500',
          faults: [{ kind: 'error-after-store', status: 500, rate: 0.1, count: ofEach }],
          forS: loadS,
        },
      },
      {
        at: { afterS: 3 },
        action: {
          kind: 'sink',
          label: 'stored, and answered after the time-out',
          faults: [{ kind: 'answer-late', afterMs: answerTimeoutS * 2000, rate: 0.1, count: ofEach }],
          forS: loadS,
        },
      },
      {
        at: { afterS: 4 },
        action: {
          kind: 'sink',
          label: 'stored, and never answered',
          faults: [{ kind: 'hang', isStored: true, rate: 0.1, count: ofEach }],
          forS: loadS,
        },
      },
      {
        at: { afterS: 5 },
        action: {
          kind: 'sink',
          label: 'cut in the middle of the body',
          faults: [{ kind: 'reset', when: 'mid-body', rate: 0.1, count: ofEach }],
          forS: loadS,
        },
      },
    ],
    observe: [ambiguousBatches],
    expect: [...nothingLost, duplicatesWithinBound, eachKindWasMet, mayComeLate],
  });
