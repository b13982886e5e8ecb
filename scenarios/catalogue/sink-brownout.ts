/** The endpoints are overloaded: storms of 429 and 503, some with Retry-After, and answers that take their time. */
import { duplicatesWithinBound, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf } from '../define-scenario.ts';
import { expectObserved } from '../observe/observation.ts';
import { answersWith, askedToWait, returnedTooSoon } from '../observe/requests.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const calmS = 5;
const storms = 3;
const stormS = 6;
const throttled = answersWith(429);
const unavailable = answersWith(503);

export const sinkBrownout: ScenarioBuilder = ({ durationS }) => {
  const forS = durationS === null ? stormS : durationS / storms;
  return defineScenario({
    name: 'sink-brownout',
    why: 'Storms of 429 and 503, with and without Retry-After, then slow answers: nothing is lost, nothing is sent twice.',
    proves: 'At least once, always; few duplicates. Retry-After is honoured.',
    takesS: calmS * 2 + forS * storms + 15,
    load: loadOf('10x', [constantPart('live', 10, calmS * 2 + forS * storms)], { warmupObjects: 4 }),
    faults: [
      {
        at: { afterS: calmS },
        action: {
          kind: 'sink',
          label: 'a third of the POSTs answered 429, Retry-After 1 s',
          faults: [{ kind: 'status', status: 429, retryAfterS: 1, rate: 0.33 }],
          forS,
        },
      },
      {
        at: { afterS: calmS + forS },
        action: {
          kind: 'sink',
          label: 'two thirds of the POSTs answered 503',
          faults: [{ kind: 'status', status: 503, rate: 0.67 }],
          forS,
        },
      },
      {
        at: { afterS: calmS + 2 * forS },
        action: {
          kind: 'sink',
          label: 'answers take 150 ms, one in a hundred 1.5 s',
          faults: [{ kind: 'latency', delay: { shape: 'lognormal', medianMs: 150, p99Ms: 1_500 } }],
          forS,
        },
      },
    ],
    observe: [throttled, unavailable, askedToWait, returnedTooSoon],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      expectObserved(throttled, 'validity', '>', 0),
      expectObserved(unavailable, 'validity', '>', 0),
      expectObserved(askedToWait, 'validity', '>', 0, 'without a name nobody comes too soon'),
      expectObserved(returnedTooSoon, 'integrity', '==', 0),
    ],
  });
};
