/** The documented dashboard's panels and its pipeline-status strip, drawn from this run. */
import { DOCUMENTED_DASHBOARD, DOCUMENTED_PIPELINE_STATUS, documentedValue } from '../documented.ts';
import {
  formatAmount,
  formatBytes,
  formatChange,
  formatMs,
  formatNumber,
  formatSeconds,
  formatShare,
} from '../format.ts';
import type { Agent, Result, TimelinePoint } from '../model.ts';
import { describeUploads } from '../story.ts';
import { chart, eventList } from './chart.ts';
import { html } from './markup.ts';
import type { Html } from './markup.ts';
import { chooseBinS, durationOf, maxBins, rateBins, sumBins } from './series.ts';

/** Few enough to tell one bar from the next on a phone. */
const BARS_MAX = 24;
const LINE_POINTS_MAX = 240;
const UNMEASURED = 'not measured in this run';

export function dashboard(result: Result): Html {
  const { streamer, timeline, events } = result;
  const durationS = durationOf(timeline);
  const binS = chooseBinS(durationS, BARS_MAX);
  const per = formatSeconds(binS);
  const setup = [
    formatAmount(streamer.s3Workers, 'S3 workers'),
    `${formatAmount(streamer.httpWorkers, 'HTTP workers')} over ${formatAmount(streamer.endpoints, streamer.endpoints === 1 ? 'endpoint' : 'endpoints')}`,
    `target lag < ${formatSeconds(documentedValue('lagSlo'))}`,
    ...(streamer.instances === 1 ? [] : [formatAmount(streamer.instances, 'instances')]),
  ];
  const bars = (title: string, unit: string, valueOf: (point: TimelinePoint) => number): Html =>
    chart({
      title,
      unit: `${unit} per ${per}`,
      durationS,
      events,
      isCount: true,
      format: formatNumber,
      series: [{ kind: 'bars', name: unit, color: '--series', bins: sumBins(timeline, binS, valueOf) }],
    });
  return html`<ul class="setup">
      ${setup.map((text) => html`<li>${text}</li>`)}
    </ul>
    <div class="tiles">${tiles(result)}</div>
    ${eventList(events)}
    <div class="charts two">
      ${bars('S3 files processed', 'files', (point) => point.files)}
      ${bars('Batches sent', 'batches', (point) => point.posts)} ${bytesChart(result, durationS, binS)}
      ${lagChart(result, durationS)}
    </div>`;
}

function tiles({ load, delivery, latencyMs, requests, pipelineStatus: status }: Result): Html[] {
  return [
    tile('Files processed', formatNumber(latencyMs.lag.n), describeUploads(load), DOCUMENTED_DASHBOARD.filesProcessed),
    tile(
      'Bytes processed',
      formatBytes(status.processedRawBytes),
      'raw, copies count',
      DOCUMENTED_DASHBOARD.bytesProcessed,
    ),
    tile('Time per file', formatMs(latencyMs.processing.avg), 'average', DOCUMENTED_DASHBOARD.timePerFile),
    tile('Processing lag', formatMs(latencyMs.lag.avg), 'average', DOCUMENTED_DASHBOARD.processingLag),
    tile(
      'File errors',
      formatNumber(requests.fileErrors),
      `${formatNumber(delivery.quarantinedObjects)} in quarantine`,
      DOCUMENTED_DASHBOARD.fileErrors,
    ),
    tile('HTTP errors', formatNumber(requests.httpErrors), 'not acknowledged', DOCUMENTED_DASHBOARD.httpErrors),
  ];
}

function tile(name: string, value: string, note: string, documented: string): Html {
  return html`<div class="tile">
    <h3>${name}</h3>
    <p class="value">${value}</p>
    <p>${note}<br />documented ${documented}</p>
  </div>`;
}

function bytesChart({ timeline, events }: Result, durationS: number, binS: number): Html {
  const bins = rateBins(timeline, binS, (point) => (point.rawBytes / 1e6) * 60);
  const rate = documentedValue('throughput') ?? 0;
  return chart({
    title: 'Bytes sent',
    unit: `raw MB/min, over ${formatSeconds(binS)}`,
    durationS,
    events,
    format: formatNumber,
    series: [{ kind: 'bars', name: 'MB/min', color: '--series', bins }],
    level: { value: rate, label: `documented ${formatAmount(rate, 'MB/min')}` },
  });
}

function lagChart({ timeline, events }: Result, durationS: number): Html {
  const binS = chooseBinS(durationS, LINE_POINTS_MAX);
  const lagMs = documentedValue('lag') ?? 0;
  return chart({
    title: 'Processing lag',
    unit: `worst file in ${formatSeconds(binS)}`,
    durationS,
    events,
    format: formatMs,
    series: [
      { kind: 'area', name: 'lag', color: '--series-2', bins: maxBins(timeline, binS, (point) => point.lagMaxMs) },
    ],
    level: { value: lagMs, label: `documented average ${formatMs(lagMs)}` },
  });
}

export function pipelineStatus(result: Result): Html {
  const { pipelineStatus: status, agents } = result;
  const half = formatSeconds(status.growthHalfS);
  const window = formatSeconds(status.recentWindowS);
  return html`<div class="strip">
    <section>
      <h3>Processed <span class="muted">documented ${DOCUMENTED_PIPELINE_STATUS.processed}</span></h3>
      <p class="value">${formatBytes(status.processedRawBytes)} ${change(status.growthPercent)}</p>
      <p class="muted">${status.growthHalfS === null ? UNMEASURED : `raw; last ${half} against the first ${half}`}</p>
      ${sparkBars(result, status.growthHalfS ?? 0)}
    </section>
    <section>
      <h3>Recent activity <span class="muted">documented ${DOCUMENTED_PIPELINE_STATUS.recentActivity}</span></h3>
      <p class="value">${formatBytes(status.recentRawBytes)} ${change(status.recentPercent)}</p>
      <p class="muted">
        ${status.recentWindowS === null ? UNMEASURED : `raw; last ${window} against the ${window} before`}
      </p>
      ${sparkBars(result, status.recentWindowS ?? 0)}
    </section>
    <section>
      <h3>Active agents <span class="muted">documented ${DOCUMENTED_PIPELINE_STATUS.activeAgents}</span></h3>
      <p class="value">${status.activeAgents} <span class="of">of ${status.configuredAgents}</span></p>
      <p class="muted">${status.recentWindowS === null ? UNMEASURED : `acknowledged a batch in the last ${window}`}</p>
      <ul class="agents">
        ${agents.map((agent, index) => agentItem(agent, index + 1))}
      </ul>
    </section>
  </div>`;
}

function agentItem({ endpoint, active }: Agent, number: number): Html {
  const state = active ? 'active' : 'idle';
  return html`<li class="${state}">${number} <code>${endpoint}</code> ${state}</li>`;
}

function change(percent: number | null): Html | null {
  return percent === null ? null : html`<span class="change">${formatChange(percent)}</span>`;
}

/** Delivered bytes over the run, with the last `windowS` seconds strong and the same time before them half as strong. */
function sparkBars({ timeline }: Result, windowS: number): Html | null {
  const durationS = durationOf(timeline);
  if (durationS === 0) return null;
  const bins = sumBins(timeline, chooseBinS(durationS, 30), (point) => point.rawBytes);
  const highest = Math.max(...bins.map(({ value }) => value), 1);
  const strength = (middleS: number): string => {
    if (middleS >= durationS - windowS) return 'now';
    return middleS >= durationS - 2 * windowS ? 'before' : 'earlier';
  };
  return html`<svg class="spark" viewBox="0 0 ${bins.length * 10} 40" preserveAspectRatio="none" aria-hidden="true">
    ${bins.map(({ fromS, toS, value }, index) => {
      const height = (value / highest) * 40;
      return html`<rect
        class="${strength((fromS + toS) / 2)}"
        x="${index * 10 + 1}"
        y="${40 - height}"
        width="8"
        height="${height}"
      />`;
    })}
  </svg>`;
}

/** Memory, CPU, sink and backlog over time. */
export function resourceCharts({ timeline, events, sinkCeiling, streamer }: Result): Html {
  const durationS = durationOf(timeline);
  const binS = chooseBinS(durationS, LINE_POINTS_MAX);
  const memoryMB = documentedValue('memory') ?? 0;
  const cores = documentedValue('cpu') ?? 0;
  const line = (valueOf: (point: TimelinePoint) => number | null, name: string, color: string) =>
    ({ kind: 'area', name, color, bins: maxBins(timeline, binS, valueOf) }) as const;
  const together = streamer.instances === 1 ? '' : `, ${streamer.instances} instances together`;
  const ceiling = sinkCeiling === null ? '' : `, ${formatShare(sinkCeiling.shareUsed)} of its ceiling used`;
  return html`<div class="charts two">
    ${chart({
      title: 'Streamer memory',
      unit: `resident, MB${together}`,
      durationS,
      events,
      format: formatNumber,
      series: [line((point) => point.streamerRssMB, 'MB', '--series')],
      level: { value: memoryMB, label: `documented ${formatAmount(memoryMB, 'MB')}` },
    })}
    ${chart({
      title: 'Streamer CPU',
      unit: `cores${together}`,
      durationS,
      events,
      format: formatNumber,
      series: [line((point) => point.streamerCpuCores, 'cores', '--series')],
      level: { value: cores, label: `documented ${formatNumber(cores)} cores` },
    })}
    ${chart({
      title: 'Sink event loop',
      unit: `busy${ceiling}`,
      durationS,
      events,
      format: formatShare,
      series: [line((point) => point.sinkEventLoopUtilization, 'busy', '--series-3')],
      level: { value: 0.8, label: 'the run is valid below 80%' },
    })}
    ${chart({
      title: 'Backlog',
      unit: 'files that may be read and are not settled',
      durationS,
      events,
      isCount: true,
      format: formatNumber,
      series: [line((point) => point.backlogFiles, 'files', '--series-3')],
    })}
  </div>`;
}
