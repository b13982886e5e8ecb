/** Where the file age goes: the parts one after the other, each beginning where the one before ends, and the slowest files. */
import { formatMs, formatShare } from '../format.ts';
import { WATERFALL_PARTS } from '../model-latency.ts';
import type { WaterfallPart, WaterfallPartsMs } from '../model-latency.ts';
import type { Result } from '../model.ts';
import { WATERFALL_WORDS } from '../words.ts';
import { html } from './markup.ts';
import type { Html } from './markup.ts';

const GROUPS = [
  { name: 'before it may be read', css: 'before', parts: ['schedule', 'upload', 'delayWindow'] },
  { name: 'until a worker reads it', css: 'finding', parts: ['discovery', 'queue'] },
  {
    name: 'reading and delivering',
    css: 'moving',
    parts: ['readAndInflate', 'batching', 'sendQueue', 'acknowledgement'],
  },
] as const satisfies readonly { name: string; css: string; parts: readonly WaterfallPart[] }[];

export function waterfall({ waterfallMs, latencyMs }: Result): Html {
  const { avg } = waterfallMs;
  const totalMs = latencyMs.fileAge.avg;
  if (avg === null || totalMs === null)
    return html`<div class="empty">No file was completed, so there is nothing to take apart.</div>`;
  return html`<ul class="legend">
      ${GROUPS.map(({ name, css }) => html`<li class="${css}">${name}</li>`)}
    </ul>
    <div class="waterfall" role="table" aria-label="Parts of the average file age">
      ${WATERFALL_PARTS.map((part) => waterfallRow(part, avg, totalMs))}
      <div class="part total" role="row">
        <div role="rowheader" class="name">File age<span class="meaning">average; all parts together</span></div>
        <div role="cell" class="track">${stack(avg, totalMs)}</div>
        <div role="cell" class="ms">${formatMs(totalMs)}</div>
        <div role="cell" class="share">100%</div>
      </div>
    </div>
    <p class="footnote">
      Lag (${formatMs(latencyMs.lag.avg)} on average) begins when a file may be read. The upload counts in it when the
      file was due by then. Processing latency (${formatMs(latencyMs.processing.avg)} on average) begins at the GET.
    </p>
    ${slowest(waterfallMs)}`;
}

function waterfallRow(part: WaterfallPart, avg: WaterfallPartsMs, totalMs: number): Html {
  const startMs = WATERFALL_PARTS.slice(0, WATERFALL_PARTS.indexOf(part)).reduce(
    (sum, earlier) => sum + avg[earlier],
    0,
  );
  const { name, meaning } = WATERFALL_WORDS[part];
  const share = totalMs === 0 ? 0 : avg[part] / totalMs;
  return html`<div class="part" role="row">
    <div role="rowheader" class="name">${name}<span class="meaning">${meaning}</span></div>
    <div role="cell" class="track">
      ${avg[part] === 0 ? null : html`<i class="${groupOf(part)}" style="left:${percent(startMs, totalMs)}%;width:${percent(avg[part], totalMs)}%"></i>`}
    </div>
    <div role="cell" class="ms">${formatMs(avg[part])}</div>
    <div role="cell" class="share">${formatShare(Math.round(share * 1000) / 1000)}</div>
  </div>`;
}

/** All parts in one bar; `scaleMs` is the full width. */
function stack(parts: WaterfallPartsMs, scaleMs: number): Html {
  return html`<span class="stacked"
    >${WATERFALL_PARTS.map(
      (part) =>
        html`<i
          class="${groupOf(part)} ${part}"
          style="width:${percent(parts[part], scaleMs)}%"
          title="${WATERFALL_WORDS[part].name} ${formatMs(parts[part])}"
        ></i>`,
    )}</span
  >`;
}

function slowest({ slowest: objects }: Result['waterfallMs']): Html | null {
  if (objects.length === 0) return null;
  const scaleMs = Math.max(...objects.map(({ fileAgeMs }) => fileAgeMs));
  return html`<h3>Files with the longest lag</h3>
    <div class="slowest">
      ${objects.map(
        ({ key, lagMs, fileAgeMs, parts }) =>
          html`<div>
            <code title="${key}">${key.slice(key.lastIndexOf('/') + 1)}</code>
            <span class="track">${stack(parts, scaleMs)}</span>
            <span class="figures">lag ${formatMs(lagMs)}, age ${formatMs(fileAgeMs)}</span>
          </div>`,
      )}
    </div>`;
}

function groupOf(part: WaterfallPart): string {
  return GROUPS.find(({ parts }) => parts.some((candidate) => candidate === part))?.css ?? '';
}

function percent(value: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((value / whole) * 10_000) / 100;
}
