/** A chart of one figure over another, as plain SVG under HTML labels, like the charts over time. */
import { formatNumber } from '../format.ts';
import { html } from '../html/markup.ts';
import type { Html } from '../html/markup.ts';
import { axisTicks } from '../html/series.ts';
import type { XyChart, XySeries } from './document.ts';

const WIDTH = 1000;
const HEIGHT = 100;
const COLORS = ['--series', '--series-2', '--series-3'];

interface Scale {
  x(value: number): number;
  y(value: number): number;
}

export function xyChart(chart: XyChart): Html {
  const points = chart.series.flatMap((series) => series.points);
  const xTicks = axisTicks(Math.max(0, ...points.map(({ x }) => x)));
  const yTicks = axisTicks(Math.max(0, ...points.map(({ y, yHigh }) => yHigh ?? y)));
  const xTop = xTicks.at(-1) ?? 1;
  const yTop = yTicks.at(-1) ?? 1;
  const scale: Scale = {
    x: (value) => round((value / xTop) * WIDTH),
    y: (value) => round(HEIGHT - (value / yTop) * HEIGHT),
  };
  if (points.length === 0) {
    return html`<figure class="chart">
      ${caption(chart)}
      <div class="empty">Not measured.</div>
    </figure>`;
  }
  return html`<figure class="chart">
    ${caption(chart)}
    <div class="plot" role="img" aria-label="${chart.title}: ${chart.yUnit} over ${chart.xUnit}">
      <div class="y-axis">
        ${yTicks.map((tick) => html`<span style="top:${scale.y(tick)}%">${formatNumber(tick)}</span>`)}
      </div>
      <div class="area">
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
          ${yTicks.map((tick) => html`<path class="grid" d="M0 ${scale.y(tick)}H${WIDTH}" />`)}
          ${chart.series.map((series, index) => drawSeries(series, colorOf(index), scale))}
        </svg>
        ${chart.series.map((series, index) => dots(series, colorOf(index), scale))}
      </div>
      <div class="x-axis">
        ${xTicks.map((tick) => html`<span class="${tick === xTop ? 'end' : ''}" style="left:${round((tick / xTop) * 100)}%">${formatNumber(tick)}</span>`)}
      </div>
    </div>
    <p class="meaning">${chart.xUnit}</p>
  </figure>`;
}

function caption({ title, yUnit, series }: XyChart): Html {
  const legend =
    series.length < 2
      ? null
      : series.map(({ name }, index) => html`<span class="key" style="--key:var(${colorOf(index)})">${name}</span>`);
  return html`<figcaption>
    <strong>${title}</strong> <span class="unit">${yUnit}</span><span class="keys">${legend}</span>
  </figcaption>`;
}

function drawSeries({ kind, points }: XySeries, color: string, scale: Scale): Html | null {
  const sorted = points.toSorted((a, b) => a.x - b.x);
  switch (kind) {
    case 'dots':
      return null;
    case 'line':
      return html`<path class="line" d="M${pathOf(sorted, scale)}" style="stroke:var(${color})" />`;
    case 'band': {
      const top = sorted.map(({ x, y, yHigh }) => ({ x, y: yHigh ?? y }));
      return html`<path
        class="fill"
        d="M${pathOf(top, scale)}L${pathOf(sorted.toReversed(), scale)}Z"
        style="fill:var(${color})"
      />`;
    }
  }
}

function pathOf(points: XySeries['points'], scale: Scale): string {
  return points.map(({ x, y }) => `${scale.x(x)} ${scale.y(y)}`).join('L');
}

/** In HTML: the drawing is stretched, and circles would become ellipses. */
function dots({ kind, name, points }: XySeries, color: string, scale: Scale): Html | null {
  if (kind !== 'dots') return null;
  return html`${points.map(
    ({ x, y }) =>
      html`<i
        class="dot"
        style="left:${round((scale.x(x) / WIDTH) * 100)}%;top:${scale.y(y)}%;background:var(${color})"
        title="${name}: ${formatNumber(y)} at ${formatNumber(x)}"
      ></i>`,
  )}`;
}

function colorOf(index: number): string {
  return COLORS[index % COLORS.length] ?? '--series';
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
