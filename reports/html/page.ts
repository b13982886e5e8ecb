/**
 * The HTML report: one self-contained file (`shell.ts`),
 * light and dark by the reader's preference, readable on a phone and on paper.
 */
import { describeSettings, formatAmount, formatBytes, formatSeconds, formatShare, formatTime } from '../format.ts';
import { VERDICT_WORDS } from '../headline.ts';
import type { Result } from '../model.ts';
import { describeComparability, describeLoad, faultsOf } from '../story.ts';
import { GLOSSARY } from '../words.ts';
import { dashboard, pipelineStatus, resourceCharts } from './dashboard.ts';
import { header } from './header.ts';
import { checkTable, documentedTable } from './judged-tables.ts';
import { html } from './markup.ts';
import type { Content, Html } from './markup.ts';
import { percentileCurves } from './percentile-curve.ts';
import { htmlPage } from './shell.ts';
import {
  agentTable,
  barePipeTable,
  deliveryTable,
  instanceTable,
  latencyTable,
  processTable,
  requestTable,
  settingsTable,
} from './tables.ts';
import { waterfall } from './waterfall.ts';

const ICON_COLORS: Readonly<Record<Result['verdict'], string>> = { pass: '1a7f4b', fail: 'c4302b', invalid: '9a6700' };

export function renderHtml(result: Result): string {
  const icon = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><circle cx='8' cy='8' r='7' fill='%23${ICON_COLORS[result.verdict]}'/></svg>`;
  const sections = sectionsOf(result);
  return htmlPage({
    title: `${VERDICT_WORDS[result.verdict]}: ${result.scenario}`,
    icon,
    body: html`${header(result)}
      <nav aria-label="Sections">${sections.map(({ id, link }) => html`<a href="#${id}">${link}</a> `)}</nav>
      <main>${sections.map(block)}</main>
      <footer>
        Everything on this page is in result.json beside it (schema version ${result.schemaVersion}); the logs of all
        processes of the run are in logs/.
      </footer>`,
  });
}

interface Section {
  readonly id: string;
  /** Name in the navigation. */
  readonly link: string;
  readonly title: string;
  readonly lead?: string | null;
  readonly body: Html;
}

function block({ id, title, lead = null, body }: Section): Html {
  return html`<section id="${id}" class="block">
    <h2>${title}</h2>
    ${lead === null ? null : html`<p class="lead">${lead}</p>`} ${body}
  </section>`;
}

function sectionsOf(result: Result): Section[] {
  const passed = result.checks.filter(({ ok }) => ok).length;
  return [
    {
      id: 'checks',
      link: 'Checks',
      title: `Checks: ${passed} of ${result.checks.length} passed`,
      lead: 'What the verdict follows from.',
      body: panel(checkTable(result)),
    },
    {
      id: 'documented',
      link: 'Documented',
      title: 'Documented beside measured',
      lead: [
        'Every figure of the documentation’s performance page, and what this run measured.',
        describeComparability(result),
        describeSettings(result.settings) ?? '',
      ]
        .join(' ')
        .trim(),
      body: panel(documentedTable(result)),
    },
    {
      id: 'dashboard',
      link: 'Dashboard',
      title: 'Dashboard',
      lead: 'The panels of the documented dashboard and pipeline status, drawn from this run.',
      body: html`${dashboard(result)} ${pipelineStatus(result)}`,
    },
    {
      id: 'waterfall',
      link: 'Lag waterfall',
      title: 'Where the time goes',
      lead: 'From the timestamp in a file’s name to the acknowledgement of its last line, on average.',
      body: panel(waterfall(result)),
    },
    {
      id: 'latency',
      link: 'Latency',
      title: 'Latency',
      body: html`${panel(latencyTable(result))}
        <div class="charts">${percentileCurves(result)}</div>`,
    },
    { id: 'resources', link: 'Resources', title: 'Resources and requests', body: resources(result) },
    {
      id: 'endpoints',
      link: 'Endpoints',
      title: 'Endpoints',
      lead: balanceLead(result),
      body: panel(agentTable(result)),
    },
    {
      id: 'environment',
      link: 'Environment',
      title: 'Environment and settings',
      body: html`${panel(environment(result))} ${panel(settingsTable(result))}`,
    },
    { id: 'definitions', link: 'Definitions', title: 'What each figure means', body: panel(glossary()) },
  ];
}

function panel(body: Html): Html {
  return html`<div class="panel">${body}</div>`;
}

function resources(result: Result): Html {
  return html`${resourceCharts(result)} ${panel(processTable(result))}
    ${result.instances.length === 0 ? null : panel(instanceTable(result))}
    <div class="side-by-side">${panel(deliveryTable(result))} ${panel(requestTable(result))}</div>
    ${result.barePipe === null ? null : panel(barePipeTable(result.barePipe))}`;
}

function balanceLead({ agentBalance, events }: Result): string | null {
  if (agentBalance.worstDeviation === null) return null;
  return `An even share is ${formatShare(agentBalance.evenShare)} of the bytes; the endpoint furthest from it is ${formatShare(agentBalance.worstDeviation)} off, over the whole run${faultsOf({ events }).length === 0 ? '' : ', its faults included'}.`;
}

function environment({
  environment: env,
  streamer,
  startedAt,
  durationS,
  seed,
  load,
  replay,
  sinkCeiling,
}: Result): Html {
  const facts: readonly (readonly [string, Content])[] = [
    ['Started', formatTime(startedAt)],
    ['Took', `${formatSeconds(durationS)}, preparation included`],
    ['Streamer', `${streamer.version}${env.git === null ? '' : ` at ${env.git}`}`],
    ['Node', env.node],
    ['Machine', `${env.cpu}, ${env.cores} cores, ${formatAmount(env.memoryMB, 'MB')}`],
    ['System', env.os],
    ['S3', partName(env.s3)],
    ['Redis', partName(env.redis)],
    [
      'Load',
      `${describeLoad(load)}; ${formatAmount(load.files, 'files')}, ${formatBytes(load.rawBytes)} raw, ${formatBytes(load.gzBytes)} gz`,
    ],
    [
      'Schedule slip',
      load.scheduleSlipMs.max === null ? 'not measured' : `worst ${formatAmount(load.scheduleSlipMs.max, 'ms')}`,
    ],
    [
      'Sink ceiling',
      sinkCeiling === null
        ? 'not measured'
        : `${formatAmount(sinkCeiling.rawMBps, 'raw MB/s')}, ${formatShare(sinkCeiling.shareUsed)} used`,
    ],
    ['Seed', seed],
    ['Example key', load.exampleKey === null ? null : html`<code>${load.exampleKey}</code>`],
    ['Replay', html`<code class="select-all">${replay}</code>`],
  ];
  return html`<dl class="facts-list">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function partName({ kind, version }: Result['environment']['s3']): string {
  return version === null ? kind : `${kind}, ${version}`;
}

function glossary(): Html {
  return html`<dl class="glossary">
    ${GLOSSARY.map(
      ({ name, meaning }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${meaning}</dd>
        </div>`,
    )}
  </dl>`;
}
