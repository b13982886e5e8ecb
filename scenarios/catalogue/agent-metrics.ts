/** The streamer's metrics go to the agent by OTLP/gRPC, and must say what the agent's own ledger says. */
import { duplicatesWithinBound, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf } from '../define-scenario.ts';
import { metricsAgree, metricsObservations } from '../observe/agent-metrics.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const loadS = 20;

export const agentMetrics: ScenarioBuilder = ({ durationS }) => {
  const forS = durationS ?? loadS;
  return defineScenario({
    name: 'agent-metrics',
    why: 'The agent takes the metrics of the streamer by OTLP/gRPC: all that are documented come, and say what its ledger says.',
    proves: 'The metrics of the documentation are exported over OTLP/gRPC, and are true.',
    takesS: forS + 10,
    load: loadOf('3x', [constantPart('live', 3, forS)], { warmupObjects: 4 }),
    agentPlan: { takesMetrics: true },
    faults: [
      {
        at: { afterS: forS / 4 },
        action: {
          kind: 'sink',
          label: 'a third of the POSTs answered 503',
          faults: [{ kind: 'status', status: 503, rate: 0.33 }],
          forS: forS / 4,
        },
      },
    ],
    observe: metricsObservations,
    expect: [...nothingLost, duplicatesWithinBound, lagSlo, ...metricsAgree],
  });
};
