/** Fills in what most scenarios have in common, so that each file says only what is its own. */
import { documentedSpec } from '#simulator';
import type { AgentPlan, LoadPart, LoadPlan, Scenario, Setting } from './scenario.ts';

type Common =
  | 'agents'
  | 'agentPlan'
  | 'streamers'
  | 'streamersAtStart'
  | 'redis'
  | 'settings'
  | 'clocks'
  | 'countsS3Requests'
  | 'faults'
  | 'observe'
  | 'barePipeRounds'
  | 'settleDeadlineS';

type ScenarioData = Omit<Scenario, Common> &
  Partial<Omit<Pick<Scenario, Common>, 'agentPlan'>> & { readonly agentPlan?: Partial<AgentPlan> };

const plainAgents: AgentPlan = { speaksTls: false, takesMetrics: false, auth: null, path: null, splitsLines: true };

export function defineScenario(data: ScenarioData): Scenario {
  return {
    agents: 3,
    streamers: 1,
    streamersAtStart: data.streamers ?? 1,
    redis: null,
    settings: promptSettings,
    clocks: null,
    countsS3Requests: false,
    faults: [],
    observe: [],
    barePipeRounds: 0,
    settleDeadlineS: 60,
    ...data,
    agentPlan: { ...plainAgents, ...data.agentPlan },
  };
}

const { objects: _anyNumber, ...documented } = documentedSpec(1);

/** About 10 MB raw, 650 KB gz, 6,500 lines an object. */
export const documentedShape: LoadPlan['shape'] = documented;
const rawMBPerDocumentedObject = 10;

/** 1x: the documented rate, of raw data. */
export const documentedRawMBPerMin = 228;

/** What is offered: parts of documented objects, unless the shape says otherwise. */
export function loadOf(rate: string, parts: readonly LoadPart[], rest: Partial<LoadPlan> = {}): LoadPlan {
  return { shape: documentedShape, warmupObjects: 0, parts, rate, ...rest };
}

/** As many documented objects as a constant rate brings in this time. */
export function constantPart(name: string, timesDocumented: number, durationS: number): LoadPart {
  const rawMBPerMin = documentedRawMBPerMin * timesDocumented;
  const objects = Math.max(1, Math.round((rawMBPerMin / 60 / rawMBPerDocumentedObject) * durationS));
  return { name, objects, arrival: { kind: 'constant', rawMBPerMin } };
}

export function backlogPart(name: string, objects: number): LoadPart {
  return { name, objects, arrival: { kind: 'backlog' } };
}

/** Gzip bytes are forwarded unopened. The usual format takes stray commas out of lines, so the load needs one that leaves them as they are. */
export const passThroughSettings: readonly Setting[] = [
  { key: 'http.compression', value: 'passthrough', shipped: 'none', why: 'what is tried' },
  { key: 'processing.log_formats.0.name', value: 'json_lines', shipped: '', why: 'lines are delivered as they stand' },
  {
    key: 'processing.log_formats.0.filename_pattern',
    value: '[0-9]*_*_*_*.gz',
    shipped: '',
    why: 'lines are delivered as they stand',
  },
  {
    key: 'processing.log_formats.0.timestamp_regex',
    value: String.raw`^(\d{9,11})_`,
    shipped: '',
    why: 'lines are delivered as they stand',
  },
  {
    key: 'processing.log_formats.0.content_type',
    value: 'application/x-ndjson',
    shipped: '',
    why: 'lines are delivered as they stand',
  },
  { key: 'processing.default_format', value: 'json_lines', shipped: 'zscaler', why: 'has no rule for lines' },
];

/** Objects are found at once: what is measured is not the waiting for a scan. */
export const promptSettings: readonly Setting[] = [
  {
    key: 'processing.scan_interval',
    value: '250ms',
    shipped: '15s',
    why: 'lag counts every moment of waiting to be found',
  },
  {
    key: 'processing.delay_window',
    value: '0s',
    shipped: '60s',
    why: 'objects of the run are complete as soon as they can be listed',
  },
];
