/**
 * Latency over percentiles. The axis widens towards 100 %: each factor of ten fewer objects beyond has the same width, so that the slow ones, of which
 * there are few, have room.
 */
import { formatMs, formatNumber } from '../format.ts';
import type { LatencyCurve } from '../model-latency.ts';
import type { Result } from '../model.ts';
import { LATENCY_WORDS } from '../words.ts';
import { html } from './markup.ts';
import type { Html } from './markup.ts';
import { axisTicks } from './series.ts';

/** Units of the drawing; the page stretches them. */
const WIDTH = 1000;
const HEIGHT = 100;

const PERCENTILE_TICKS = [0, 50, 90, 99, 99.9, 99.99];

const CURVES = [
  { key: 'lag', color: '--series-2' },
  { key: 'processing', color: '--series' },
] as const;

interface Curve {
  readonly name: string;
  readonly color: string;
  readonly points: LatencyCurve['points'];
}

export function percentileCurves({ latencyMs }: Result): Html | null {
  const curves: Curve[] = CURVES.flatMap(({ key, color }) => {
    const { curve } = latencyMs[key];
    return curve === null ? [] : [{ name: LATENCY_WORDS[key].name, color, points: curve.points }];
  });
  const all = curves.flatMap(({ points }) => points);
  const decades = Math.max(0, ...all.map(({ percentile }) => decadeOf(percentile)));
  if (decades === 0) return null;
  const ticks = axisTicks(Math.max(...all.map(({ ms }) => ms)));
  const top = ticks.at(-1) ?? 1;
  const x = (percentile: number): number => round((decadeOf(percentile) / decades) * WIDTH);
  const y = (ms: number): number => round(HEIGHT - (ms / top) * HEIGHT);
  return html`<figure class="chart">
    <figcaption>
      <strong>Latency by percentile</strong> <span class="unit">per file</span
      ><span class="keys"
        >${curves.map(({ name, color }) => html`<span class="key" style="--key:var(${color})">${name}</span>`)}</span
      >
    </figcaption>
    <div
      class="plot"
      role="img"
      aria-label="Latency by percentile, up to ${formatMs(Math.max(...all.map(({ ms }) => ms)))}."
    >
      <div class="y-axis">
        ${ticks.map((tick) => html`<span style="top:${y(tick)}%">${tick === 0 ? '0' : formatMs(tick)}</span>`)}
      </div>
      <div class="area">
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
          ${ticks.map((tick) => html`<path class="grid" d="M0 ${y(tick)}H${WIDTH}" />`)}
          ${curves.map(({ points, color }) => curveShape(points, color, { x, y }))}
        </svg>
      </div>
      <div class="x-axis">
        ${PERCENTILE_TICKS.filter((tick) => decadeOf(tick) <= decades).map((tick) => tickLabel(tick, x(tick)))}
      </div>
    </div>
  </figure>`;
}

/** 0 at the lowest, 1 at 90 %, 2 at 99 %. */
function decadeOf(percentile: number): number {
  return -Math.log10(1 - percentile / 100);
}

function curveShape(
  points: LatencyCurve['points'],
  color: string,
  scale: { readonly x: (percentile: number) => number; readonly y: (ms: number) => number },
): Html {
  const line = points.map(({ percentile, ms }) => `${scale.x(percentile)} ${scale.y(ms)}`).join('L');
  return html`<path class="line" d="M${line}" style="stroke:var(${color})" />${points.map(
      ({ percentile, ms }, index) => {
        const from = scale.x(percentile);
        const to = scale.x(points[index + 1]?.percentile ?? percentile);
        return html`<rect class="hover" x="${from}" y="0" width="${round(to - from)}" height="${HEIGHT}"
          ><title>${formatNumber(percentile)}% of the files within ${formatMs(ms)}</title></rect
        >`;
      },
    )}`;
}

function tickLabel(percentile: number, x: number): Html {
  const share = x / WIDTH;
  return html`<span class="${share > 0.95 ? 'end' : ''}" style="left:${round(share * 100)}%">${percentile}%</span>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
