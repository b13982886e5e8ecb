/** The agents speak HTTPS and demand a certificate; one of them goes away and comes back, so that handshakes are needed in mid-run. */
import { duplicatesWithinBound, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf } from '../define-scenario.ts';
import { expectObserved } from '../observe/observation.ts';
import { connectionsOpened } from '../observe/requests.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const loadS = 20;
const outageS = 4;
/** The shipped `http.workers` for each of three agents, once more for the one that went away, and the tries meanwhile. */
const connectionsMax = 60;

export const agentTls: ScenarioBuilder = ({ durationS }) => {
  const forS = durationS ?? loadS;
  return defineScenario({
    name: 'agent-tls',
    why: 'Ten times the documented load over TLS with certificates on both sides; one agent goes away and comes back.',
    proves: 'EdgeDelta HTTP inputs with TLS: `http.tls` with an authority and a client certificate of its own.',
    takesS: forS + 15,
    load: loadOf('10x', [constantPart('live', 10, forS)], { warmupObjects: 4 }),
    agentPlan: { speaksTls: true },
    faults: [
      {
        at: { afterS: forS / 3 },
        action: {
          kind: 'sink',
          label: 'agent 1 of 3 dead',
          faults: [{ kind: 'refuse', agent: 0 }],
          forS: outageS,
        },
      },
    ],
    observe: [connectionsOpened],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      expectObserved(
        connectionsOpened,
        'performance',
        '<=',
        connectionsMax,
        'a handshake for each POST would be costly',
      ),
    ],
  });
};
