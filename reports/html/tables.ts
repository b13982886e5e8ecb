/** The plain tables: latency, processes, requests, lines, endpoints, settings. */
import {
  DASH,
  DASH_MEANING,
  formatAmount,
  formatBytes,
  formatMs,
  formatNumber,
  formatShare,
  formatUsd,
} from '../format.ts';
import type { ProcessUsage, Result } from '../model.ts';
import { SAMPLES_NEEDED } from '../percentiles.ts';
import { S3_PRICES_NOTE } from '../request-cost.ts';
import {
  explainMissingPercentiles,
  LATENCY_COLUMNS,
  LATENCY_LABELS,
  LATENCY_ORDER,
  LATENCY_WORDS,
  requestRows,
} from '../words.ts';
import { html } from './markup.ts';
import type { Content, Html } from './markup.ts';

interface Column {
  readonly label: Content;
  readonly isNumber?: boolean;
}

/**
 * On a narrow page `plain` stays a table, for few and short columns; with `pairs` each row becomes a block of named values,
 * the first column being its heading.
 */
function table(layout: 'plain' | 'pairs', columns: readonly Column[], rows: readonly (readonly Content[])[]): Html {
  return html`<table class="${layout}">
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col" class="${alignment(column)}">${column.label}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map((cell, index) => tableCell(cell, index, columns[index]))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function tableCell(cell: Content, index: number, column: Column | undefined): Html {
  if (index === 0) return html`<th scope="row">${cell}</th>`;
  const label = column === undefined ? null : column.label;
  const blank = cell === null || cell === '' ? ' blank' : '';
  return html`<td class="${alignment(column)}${blank}"><span class="narrow">${label}</span>${cell}</td>`;
}

function alignment(column: Column | undefined): string {
  return column?.isNumber === true ? 'number' : 'text';
}

export function latencyTable({ latencyMs }: Result): Html {
  const missing = explainMissingPercentiles(LATENCY_ORDER.map((key) => latencyMs[key]));
  const columns = LATENCY_ORDER.map((key) => ({
    label: html`${LATENCY_WORDS[key].name}<span class="meaning">${LATENCY_WORDS[key].meaning}</span>`,
    isNumber: true,
  }));
  const rows = LATENCY_COLUMNS.map((column) => {
    const figures = LATENCY_ORDER.map((key) => latencyFigure(latencyMs[key][column], column));
    return [html`${LATENCY_LABELS[column]}`].concat(figures);
  });
  const counts = [html`files`].concat(LATENCY_ORDER.map((key) => html`${formatNumber(latencyMs[key].n)}`));
  return html`${table('plain', [{ label: 'per file' }, ...columns], [...rows, counts])}
  ${missing === null ? null : html`<p class="footnote">${missing}</p>`}`;
}

function latencyFigure(ms: number | null, column: (typeof LATENCY_COLUMNS)[number]): Html {
  if (ms !== null) return html`${formatMs(ms)}`;
  if (column === 'avg' || column === 'max') return html`<span class="muted">${DASH}</span>`;
  return html`<span class="muted">needs ${formatNumber(SAMPLES_NEEDED[column])}</span>`;
}

export function processTable({ resources, streamer }: Result): Html {
  const columns = [
    'CPU, average',
    'of it main threads',
    'CPU time',
    'memory, highest',
    'memory, end',
    'event loop busy',
    'loop delay p99',
  ];
  const streamers = streamer.instances === 1 ? 'streamer' : `streamers, all ${streamer.instances} together`;
  return html`${table(
      'pairs',
      [{ label: 'Process' }, ...columns.map((label) => ({ label, isNumber: true }))],
      [
        processRow(streamers, resources.streamer),
        processRow('sink (mock agents)', resources.sink),
        processRow('S3', resources.s3),
        processRow('generator', resources.generator),
      ],
    )}
    <p class="footnote">
      CPU: of the measured time; memory, highest: of the whole life. Loop delay: how late the event loop comes round.
      ${DASH_MEANING}
    </p>`;
}

/** Who did what, where several share the work. */
export function instanceTable({ instances }: Result): Html {
  const columns = ['files completed', 'CPU time', 'memory, highest', 'memory, end'];
  return html`${table(
      'pairs',
      [{ label: 'Instance' }, ...columns.map((label) => ({ label, isNumber: true }))],
      instances.map(({ name, files, cpuS, rssMaxMB, rssEndMB }) => [
        name,
        formatNumber(files),
        formatAmount(cpuS, 's'),
        formatAmount(rssMaxMB, 'MB'),
        formatAmount(rssEndMB, 'MB'),
      ]),
    )}
    <p class="footnote">
      Files by each instance’s own log; one that two instances had in hand can count for both. CPU time: of the whole
      life.
    </p>`;
}

function processRow(name: string, usage: ProcessUsage): string[] {
  return [
    name,
    formatAmount(usage.cpuCores, 'cores'),
    formatAmount(usage.mainThreadCores, 'cores'),
    formatAmount(usage.cpuS, 's'),
    formatAmount(usage.rssMaxMB, 'MB'),
    formatAmount(usage.rssEndMB, 'MB'),
    formatShare(usage.eventLoopUtilization),
    formatMs(usage.eventLoopDelayP99Ms),
  ];
}

export function requestTable({ requests }: Result): Html {
  return html`${table(
      'plain',
      [{ label: 'Requests' }, { label: 'count', isNumber: true }, { label: 'per raw GB', isNumber: true }],
      [
        ...requestRows(requests),
        ['failed reads of a file', formatNumber(requests.fileErrors), ''],
        ['POSTs not acknowledged', formatNumber(requests.httpErrors), ''],
      ],
    )}
    <p class="footnote">
      A raw TB at this rate costs ${formatUsd(requests.costPerTB.totalUsd)} in S3 requests: LIST
      ${formatUsd(requests.costPerTB.listUsd)}, GET ${formatUsd(requests.costPerTB.getUsd)}. ${S3_PRICES_NOTE}
    </p>`;
}

export function deliveryTable({ delivery }: Result): Html {
  return html`${table(
      'plain',
      [{ label: 'Lines, by identity' }, { label: 'count', isNumber: true }],
      [
        ['expected', formatNumber(delivery.expectedLines)],
        ['delivered', formatNumber(delivery.deliveredLines)],
        ['lost', formatNumber(delivery.lostLines)],
        ['duplicate (bound)', `${formatNumber(delivery.duplicateLines)} (${formatNumber(delivery.duplicateBound)})`],
        ['unexpected', formatNumber(delivery.unexpectedLines)],
        ['corrupt', formatNumber(delivery.corruptLines)],
        ['quarantined', formatNumber(delivery.quarantinedLines)],
        ['dropped', formatNumber(delivery.droppedLines)],
        ['truncated', formatNumber(delivery.truncatedLines)],
      ],
    )}
    <p class="footnote">${DASH_MEANING}</p>`;
}

export function agentTable({ agents }: Result): Html {
  if (agents.length === 0) return html`<div class="empty">No endpoint reported.</div>`;
  const columns = [
    { label: 'Endpoint' },
    { label: 'share of bytes' },
    { label: 'bytes, raw', isNumber: true },
    { label: 'batches', isNumber: true },
    { label: 'lines', isNumber: true },
    { label: 'state' },
  ];
  const rows = agents.map(({ endpoint, shareOfBytes, rawBytes, posts, lines, active }, index) => [
    html`${index + 1} <code>${endpoint}</code>`,
    html`<span class="share-bar"><i style="width:${Math.round((shareOfBytes ?? 0) * 1000) / 10}%"></i></span
      >${formatShare(shareOfBytes)}`,
    formatBytes(rawBytes),
    formatNumber(posts),
    formatNumber(lines),
    active ? 'active' : 'idle',
  ]);
  return html`${table('pairs', columns, rows)}
    <p class="footnote">
      Without the warm-up; copies count. Active: it acknowledged a batch in the last part of the run (see “recent
      activity”).
    </p>`;
}

export function settingsTable({ settings }: Result): Html {
  if (settings.length === 0) return html`<div class="empty">The run used the shipped defaults.</div>`;
  const columns = [{ label: 'Setting' }, { label: 'this run' }, { label: 'shipped default' }, { label: 'note' }];
  const rows = settings.map(({ key, value, shipped, note }) => [
    html`<code>${key}</code>`,
    value === shipped ? value : html`<strong>${value}</strong>`,
    shipped,
    note === null ? null : html`<span class="muted">${note}</span>`,
  ]);
  return table('pairs', columns, rows);
}

export function barePipeTable({
  rounds,
  rawMBps,
  ratioRawMBps,
  ratioRawMBPerCpuS,
}: NonNullable<Result['barePipe']>): Html {
  const columns = ['median', 'lowest', 'highest'].map((label) => ({ label, isNumber: true }));
  return html`<h3>Beside the bare pipe</h3>
    <p class="lead">
      The bare pipe gets, gunzips and posts, and does nothing else: ${formatAmount(rawMBps, 'raw MB/s')}, median of
      ${formatNumber(rounds)} interleaved rounds.
    </p>
    ${table(
      'plain',
      [{ label: 'Streamer over bare pipe' }, ...columns],
      [
        ['raw MB/s', ...[ratioRawMBps.median, ratioRawMBps.min, ratioRawMBps.max].map(formatNumber)],
        [
          'raw MB per CPU second',
          ...[ratioRawMBPerCpuS.median, ratioRawMBPerCpuS.min, ratioRawMBPerCpuS.max].map(formatNumber),
        ],
      ],
    )}`;
}
