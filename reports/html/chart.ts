/**
 * Time charts as plain SVG, drawn on the server. Shapes are stretched to whatever width the page gives them, while every
 * label is HTML beside them: so text keeps its size from a phone to a wide screen, and colours follow the page's variables.
 */
import { formatNumber, formatSeconds } from '../format.ts';
import { eventTime, eventTone } from '../story.ts';
import type { RunEvent } from '../model.ts';
import { html } from './markup.ts';
import type { Html } from './markup.ts';
import { axisTicks, countTicks, timeTicks, unbroken } from './series.ts';
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
  const ticks = options.isCount === true ? countTicks(highest) : axisTicks(axisTop(highest, options.level?.value));
  const top = ticks.at(-1) ?? 1;
  const scale: Scale = {
    x: (seconds) => round((Math.min(Math.max(seconds, 0), options.durationS) / options.durationS) * WIDTH),
    y: (value) => round(HEIGHT - (value / top) * HEIGHT),
  };
  return html`<figure class="chart">
    ${caption(options)}
    <div class="plot" role="img" aria-label="${describe(options, highest)}">
      <div class="y-axis">
        ${ticks.map((tick) => html`<span style="top:${scale.y(tick)}%">${tick === 0 ? '0' : options.format(tick)}</span>`)}
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

/** Values are drawn at the middle of their bin; where nothing was measured for long, nothing is drawn. */
function stretchesOf({ bins }: Series, scale: Scale): { readonly x: number; readonly y: number }[][] {
  return unbroken(bins).map((stretch) =>
    stretch.map(({ fromS, toS, value }) => ({ x: scale.x((fromS + toS) / 2), y: scale.y(value) })),
  );
}

function lineShape(series: Series, scale: Scale): Html {
  // One point alone is a dot: a line of no length has round ends.
  const lines = stretchesOf(series, scale).map((points) => `M${points.map(({ x, y }) => `${x} ${y}`).join('L')}h0`);
  return html`<path class="line" d="${lines.join('')}" style="stroke:var(${series.color})" />`;
}

function areaShape(series: Series, scale: Scale): Html {
  const areas = stretchesOf(series, scale).map((points) => {
    const outline = points.map(({ x, y }) => `${x} ${y}`).join('L');
    return `M${points[0]?.x ?? 0} ${HEIGHT}L${outline}L${points.at(-1)?.x ?? 0} ${HEIGHT}Z`;
  });
  return html`<path class="fill" d="${areas.join('')}" style="fill:var(${series.color})" />`;
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
    // What lasts all the time parts nothing from the rest: its mark and the list say it.
    if (width >= WIDE_EVENT_SHARE * WIDTH) return null;
    return html`<rect class="event-span ${eventTone(event)}" x="${x}" y="0" width="${width}" height="${HEIGHT}" />`;
  })}`;
}

function eventMarks(options: ChartOptions): Html {
  const marks = drawnEvents(options).map(({ event, number }) => ({
    left: round((Math.max(0, event.fromS) / options.durationS) * 100),
    tone: eventTone(event),
    label: event.label,
    number: String(number),
  }));
  return html`${joinClose(marks).map(
    ({ left, tone, label, number }) =>
      html`<span class="event-mark ${tone}" style="left:max(9px,${left}%)" title="${label}">${number}</span>`,
  )}`;
}

const WIDE_EVENT_SHARE = 0.95;

interface Mark {
  /** Percent of the width. */
  readonly left: number;
  readonly tone: 'fault' | 'phase';
  readonly label: string;
  readonly number: string;
}

/** On a phone a mark is this wide; those that would cover each other share one. */
const MARK_WIDTH_PERCENT = 8;

function joinClose(marks: readonly Mark[]): Mark[] {
  const joined: Mark[] = [];
  for (const mark of marks.toSorted((a, b) => a.left - b.left)) {
    const before = joined.at(-1);
    if (before === undefined || mark.left - before.left >= MARK_WIDTH_PERCENT) joined.push(mark);
    else
      joined[joined.length - 1] = {
        left: before.left,
        tone: before.tone === 'fault' ? 'fault' : mark.tone,
        label: `${before.label}; ${mark.label}`,
        number: `${before.number}, ${mark.number}`,
      };
  }
  return joined;
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
