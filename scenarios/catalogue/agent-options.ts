/** The agents ask for credentials, a path and compressed bodies; and for a while they do not take the credentials. */
import type { SinkAuth } from '#simulator';
import { duplicatesWithinBound, lagShowsSlip, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { expectObserved } from '../observe/observation.ts';
import { quarantineUndeserved } from '../observe/quarantine.ts';
import { answersWith, gzipBodies, notAdmitted, plainBodies } from '../observe/requests.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const loadS = 24;
const outageS = 4;
const unauthorised = answersWith(401);

const credentials: readonly SinkAuth[] = [
  { scheme: 'bearer', token: 'token-of-the-run' },
  // A colon in a password is where a sloppy reader would cut it.
  { scheme: 'basic', user: 'streamer', password: 'pass:word' },
];

export const agentOptions: ScenarioBuilder = ({ random, durationS }) => {
  const forS = durationS ?? loadS;
  return defineScenario({
    name: 'agent-options',
    why: 'Agents that demand credentials and a path get gzip bodies; one, then all of them refuse the credentials for a while, and nothing is set aside.',
    proves:
      'EdgeDelta HTTP inputs with Bearer or Basic authentication, a path filter and compressed bodies; a refusal that hits everything is an outage.',
    takesS: forS + 15,
    load: loadOf('4x', [constantPart('live', 4, forS)], { warmupObjects: 4 }),
    agentPlan: { auth: random.pick(credentials), path: '/v1/logs' },
    settings: [
      ...promptSettings,
      { key: 'http.compression', value: 'gzip', shipped: 'none', why: 'the agents are to get compressed bodies' },
    ],
    faults: [
      {
        at: { afterS: forS / 4 },
        action: {
          kind: 'sink',
          label: 'agent 1 of 3 answers 401',
          faults: [{ kind: 'status', status: 401, agent: 0 }],
          forS: outageS,
        },
      },
      {
        at: { afterS: (forS * 5) / 8 },
        action: {
          kind: 'sink',
          label: 'all agents answer 401',
          faults: [{ kind: 'status', status: 401 }],
          forS: outageS,
        },
      },
    ],
    observe: [notAdmitted, gzipBodies, plainBodies, unauthorised, quarantineUndeserved],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      lagShowsSlip,
      expectObserved(notAdmitted, 'performance', '==', 0, 'credentials and path in every request'),
      expectObserved(gzipBodies, 'performance', '>', 0),
      expectObserved(plainBodies, 'performance', '==', 0, 'http.compression: gzip'),
      expectObserved(unauthorised, 'validity', '>', 0),
      expectObserved(
        quarantineUndeserved,
        'integrity',
        '==',
        0,
        'credentials that are not taken say nothing of the data',
      ),
    ],
  });
};
