/**
 * Time charts as plain SVG, drawn on the server. Shapes are stretched to whatever width the page gives them, while every
 * label is HTML beside them: so text keeps its size from a phone to a wide screen, and colours follow the page's variables.
 */
import { formatNumber, formatSeconds } from '../format.ts';
import type { RunEvent } from '../model.ts';
import { html } from './markup.ts';
import type { Html } from './markup.ts';
import { axisTicks, timeTicks } from './series.ts';
import type { Bin } from './series.ts';

/** Units of the drawing; the page stretches them. */
const WIDTH = 1000;
const HEIGHT = 100;

interface Series {
  readonly kind: 'bars' | 'line' | 'area';
  readonly bins: readonly Bin[];
  /** A CSS colour variable, for example `--series`. */
  readonly color: string;
  readonly name: string;
}

export interface ChartOptions {
  readonly title: string;
  /** What one value is: "files per 5 s". */
  readonly unit: string;
  readonly durationS: number;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** A level worth comparing with: a limit or the documented figure. */
  readonly level?: { readonly value: number; readonly label: string };
  readonly events?: readonly RunEvent[];
  /** Whole numbers only on the axis: files, batches. */
  readonly isCount?: boolean;
}

interface Scale {
  x(seconds: number): number;
  y(value: number): number;
}

export function chart(options: ChartOptions): Html {
  const values = options.series.flatMap(({ bins }) => bins.map(({ value }) => value));
  if (values.length === 0 || options.durationS <= 0) return emptyChart(options);
  const highest = Math.max(...values);
  const ticks = axisTicks(options.isCount === true ? Math.max(highest, 4) : axisTop(highest, options.level?.value));
  const top = ticks.at(-1) ?? 1;
  const scale: Scale = {
    x: (seconds) => round((Math.min(Math.max(seconds, 0), options.durationS) / options.durationS) * WIDTH),
    y: (value) => round(HEIGHT - (value / top) * HEIGHT),
  };
  return html`<figure class="chart">
    ${caption(options)}
    <div class="plot" role="img" aria-label="${describe(options, highest)}">
      <div class="y-axis">
        ${ticks.map((tick) => html`<span style="top:${scale.y(tick)}%">${options.format(tick)}</span>`)}
      </div>
      <div class="area">
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
          ${ticks.map((tick) => html`<path class="grid" d="M0 ${scale.y(tick)}H${WIDTH}" />`)}
          ${eventShapes(options, scale)} ${options.series.map((series) => drawSeries(series, scale, options.format))}
          ${levelShape(options, scale, top)}
        </svg>
        ${eventMarks(options)}
      </div>
      <div class="x-axis">${timeTicks(options.durationS).map((tickS) => xLabel(tickS, options.durationS))}</div>
    </div>
  </figure>`;
}

/** A level far above the data would flatten it: then the level is left out and only named in the caption. */
function axisTop(highest: number, level: number | undefined): number {
  if (highest <= 0) return level ?? 1;
  return level === undefined || level > highest * 4 ? highest : Math.max(highest, level);
}

function caption({ title, unit, level, series }: ChartOptions): Html {
  const legend =
    series.length < 2
      ? null
      : series.map(({ name, color }) => html`<span class="key" style="--key:var(${color})">${name}</span>`);
  const compared = level === undefined ? null : html`<span class="level-key">${level.label}</span>`;
  return html`<figcaption>
    <strong>${title}</strong> <span class="unit">${unit}</span><span class="keys">${legend}${compared}</span>
  </figcaption>`;
}

function emptyChart(options: ChartOptions): Html {
  return html`<figure class="chart">
    ${caption({ ...options, series: [] })}
    <div class="empty">Not measured in this run.</div>
  </figure>`;
}

function describe({ title, unit, durationS, format }: ChartOptions, highest: number): string {
  return `${title}, ${unit}, over ${formatSeconds(durationS)}; highest ${format(highest)}.`;
}

function drawSeries(series: Series, scale: Scale, format: (value: number) => string): Html {
  switch (series.kind) {
    case 'bars':
      return html`${series.bins.map((bin) => bar(bin, series, scale, format))}`;
    case 'line':
      return html`${lineShape(series, scale)}${hoverTargets(series, scale, format)}`;
    case 'area':
      return html`${areaShape(series, scale)}${lineShape(series, scale)}${hoverTargets(series, scale, format)}`;
  }
}

function bar(bin: Bin, series: Series, scale: Scale, format: (value: number) => string): Html {
  const gap = (scale.x(bin.toS) - scale.x(bin.fromS)) * 0.09;
  const x = scale.x(bin.fromS) + gap;
  const y = scale.y(bin.value);
  return html`<rect
    x="${round(x)}"
    y="${y}"
    width="${round(scale.x(bin.toS) - gap - x)}"
    height="${round(HEIGHT - y)}"
    style="fill:var(${series.color})"
    ><title>${tooltip(bin, series, format)}</title></rect
  >`;
}

/** Values are drawn at the middle of their bin. A gap much longer than the usual one is a gap in the line, too. */
function lineShape(series: Series, scale: Scale): Html {
  const gapMaxS = 5 * usualGapS(series.bins);
  let previousS = Number.NEGATIVE_INFINITY;
  const commands = series.bins.map((bin) => {
    const middleS = (bin.fromS + bin.toS) / 2;
    const command = `${middleS - previousS > gapMaxS ? 'M' : 'L'}${scale.x(middleS)} ${scale.y(bin.value)}`;
    previousS = middleS;
    return command;
  });
  return html`<path class="line" d="${commands.join('')}" style="stroke:var(${series.color})" />`;
}

function areaShape(series: Series, scale: Scale): Html {
  const points = series.bins.map((bin) => `${scale.x((bin.fromS + bin.toS) / 2)} ${scale.y(bin.value)}`);
  const firstX = points[0]?.split(' ')[0] ?? '0';
  const lastX = points.at(-1)?.split(' ')[0] ?? '0';
  return html`<path
    class="fill"
    d="M${firstX} ${HEIGHT}L${points.join('L')}L${lastX} ${HEIGHT}Z"
    style="fill:var(${series.color})"
  />`;
}

function usualGapS(bins: readonly Bin[]): number {
  const gaps = bins.slice(1).map((bin, index) => bin.fromS - (bins[index]?.fromS ?? 0));
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 1;
}

/** Invisible columns with a native tooltip: values on hover without any script. */
function hoverTargets(series: Series, scale: Scale, format: (value: number) => string): Html {
  return html`${series.bins.map(
    (bin) =>
      html`<rect
        class="hover"
        x="${scale.x(bin.fromS)}"
        y="0"
        width="${round(scale.x(bin.toS) - scale.x(bin.fromS))}"
        height="${HEIGHT}"
        ><title>${tooltip(bin, series, format)}</title></rect
      >`,
  )}`;
}

function tooltip(bin: Bin, series: Series, format: (value: number) => string): string {
  return `${series.name} ${format(bin.value)}, ${bin.fromS} to ${bin.toS} s`;
}

function levelShape({ level }: ChartOptions, scale: Scale, top: number): Html | null {
  if (level === undefined || level.value > top) return null;
  return html`<path class="level" d="M0 ${scale.y(level.value)}H${WIDTH}" />`;
}

/** With its number in the list; what lies outside the chart's time is listed but not drawn. */
function drawnEvents({
  events = [],
  durationS,
}: ChartOptions): { readonly event: RunEvent; readonly number: number }[] {
  return events
    .map((event, index) => ({ event, number: index + 1 }))
    .filter(({ event }) => event.fromS < durationS && (event.toS ?? event.fromS) >= 0);
}

function eventShapes(options: ChartOptions, scale: Scale): Html {
  return html`${drawnEvents(options).map(({ event }) => {
    const x = scale.x(event.fromS);
    if (event.toS === null) return html`<path class="event ${eventTone(event)}" d="M${x} 0V${HEIGHT}" />`;
    const width = round(scale.x(event.toS) - x);
    return html`<rect class="event-span ${eventTone(event)}" x="${x}" y="0" width="${width}" height="${HEIGHT}" />`;
  })}`;
}

function eventMarks(options: ChartOptions): Html {
  return html`${drawnEvents(options).map(({ event, number }) => {
    const left = round((Math.max(0, event.fromS) / options.durationS) * 100);
    const tone = eventTone(event);
    return html`<span class="event-mark ${tone}" style="left:${left}%" title="${event.label}">${number}</span>`;
  })}`;
}

/** The key to the numbers that stand above the charts. */
export function eventList(events: readonly RunEvent[]): Html | null {
  if (events.length === 0) return null;
  return html`<ol class="events">
    ${events.map(
      (event, index) =>
        html`<li>
          <span class="event-mark ${eventTone(event)}">${index + 1}</span>${event.label}
          <span class="muted">${eventTime(event)}</span>
        </li>`,
    )}
  </ol>`;
}

function eventTone({ kind = 'fault', fromS, toS }: RunEvent): 'fault' | 'phase' {
  return (toS ?? fromS) < 0 ? 'phase' : kind;
}

function eventTime({ fromS, toS }: RunEvent): string {
  if ((toS ?? fromS) < 0) return 'before the start';
  if (toS === null) return `at ${formatSeconds(fromS)}`;
  return fromS <= 0 ? `until ${formatSeconds(toS)}` : `${formatSeconds(fromS)} to ${formatSeconds(toS)}`;
}

function xLabel(tickS: number, durationS: number): Html {
  const share = tickS / durationS;
  return html`<span class="${share > 0.95 ? 'end' : ''}" style="left:${round(share * 100)}%"
    >${timeLabel(tickS, durationS)}</span
  >`;
}

/** One unit for the whole axis. */
function timeLabel(tickS: number, durationS: number): string {
  if (durationS <= 120) return `${formatNumber(tickS)} s`;
  return durationS <= 7200 ? `${formatNumber(tickS / 60)} min` : `${formatNumber(tickS / 3600)} h`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
