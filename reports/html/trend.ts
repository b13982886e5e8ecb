/** The history of gates as a page: a chart for each figure, a dot for each gate in the order in which they took place. */
import { formatAmount, formatTime } from '../format.ts';
import type { HistoryEntry } from '../history.ts';
import { html } from './markup.ts';
import type { Html } from './markup.ts';
import { axisTicks } from './series.ts';
import { htmlPage } from './shell.ts';

/** Units of the drawing; the page stretches them. */
const WIDTH = 1000;
const HEIGHT = 100;
/** More would be too near to each other to be told apart. */
const GATES_MAX = 200;

interface Dot {
  readonly entry: HistoryEntry;
  readonly value: number;
}

export function renderTrend(history: readonly HistoryEntry[]): string {
  const shown = history.slice(-GATES_MAX);
  const titles = [...new Set(shown.flatMap(({ figures }) => figures.map(({ title }) => title)))];
  const machines = [...new Set(shown.map(({ machine }) => machine))];
  return htmlPage({
    title: 'Trend',
    icon: null,
    body: html`<main>
      <section class="block">
        <h2>Trend of ${shown.length} gates</h2>
        <p class="lead">${describe(shown, machines)}</p>
        <div class="charts two">${titles.map((title) => figureChart(title, shown))}</div>
      </section>
    </main>`,
  });
}

function describe(shown: readonly HistoryEntry[], machines: readonly string[]): string {
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return 'No gate has been kept yet.';
  const span = `${formatTime(first.at)} to ${formatTime(last.at)}.`;
  return machines.length === 1
    ? `${span} All on ${machines[0] ?? ''}.`
    : `${span} On ${machines.length} different machines: a step may be the machine's.`;
}

function figureChart(title: string, shown: readonly HistoryEntry[]): Html {
  const dots: Dot[] = shown.flatMap((entry) =>
    entry.figures.filter((figure) => figure.title === title).map(({ value }) => ({ entry, value })),
  );
  const unit = shown.flatMap(({ figures }) => figures).find((figure) => figure.title === title)?.unit ?? '';
  const ticks = axisTicks(Math.max(...dots.map(({ value }) => value)));
  const top = ticks.at(-1) ?? 1;
  const x = (index: number): number => round(((index + 0.5) / dots.length) * WIDTH);
  const y = (value: number): number => round(HEIGHT - (value / top) * HEIGHT);
  const line = dots.map(({ value }, index) => `${x(index)} ${y(value)}`).join('L');
  return html`<figure class="chart">
    <figcaption><strong>${title}</strong> <span class="unit">${unit}</span></figcaption>
    <div class="plot" role="img" aria-label="${title} of ${dots.length} gates.">
      <div class="y-axis">
        ${ticks.map((tick) => html`<span style="top:${y(tick)}%">${formatAmount(tick, '')}</span>`)}
      </div>
      <div class="area">
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
          ${ticks.map((tick) => html`<path class="grid" d="M0 ${y(tick)}H${WIDTH}" />`)}
          <path class="line" d="M${line}" style="stroke:var(--series)" />
        </svg>
        ${dots.map((dot, index) => dotMark(dot, unit, `left:${x(index) / 10}%;top:${y(dot.value)}%`))}
      </div>
      <div class="x-axis"></div>
    </div>
  </figure>`;
}

function dotMark({ entry, value }: Dot, unit: string, place: string): Html {
  const label = `${entry.commit ?? 'unknown commit'}, ${formatTime(entry.at)}: ${formatAmount(Number(value.toPrecision(3)), unit)}, ${entry.verdict}`;
  return html`<i class="dot ${entry.verdict}" style="${place}" title="${label}"></i>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
