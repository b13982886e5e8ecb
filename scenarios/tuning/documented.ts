/** The documented tuning advice, sentence by sentence, as data: `fixtures/documented-tuning.json`. */
import documentedJson from '../../fixtures/documented-tuning.json' with { type: 'json' };

export type DocumentedId =
  | 'dropsBuffer'
  | 'dropsWorkers'
  | 'lagEndpoints'
  | 'lagWorkers'
  | 'lagEven'
  | 'redisSaveInterval'
  | 'throttlingScanInterval'
  | 'throttlingMetrics'
  | 'upEndpoints'
  | 'upWorkers'
  | 'upMonitor'
  | 'upInstances'
  | 'upRedis'
  | 'downWorkers'
  | 'downScanInterval'
  | 'downDelayWindow';

interface DocumentedAdvice {
  readonly id: string;
  readonly section: string;
  /** Of the checklist; null in the guidelines, which name none. */
  readonly symptom: string | null;
  readonly text: string;
}

export const documentedAdvice: readonly DocumentedAdvice[] = documentedJson;

export function adviceOf(id: DocumentedId): DocumentedAdvice {
  const advice = documentedAdvice.find((one) => one.id === id);
  if (advice === undefined) throw new Error(`fixtures/documented-tuning.json has no ${id}`);
  return advice;
}
