/** A capacity report as one self-contained page, in the dress of the run report. */
import { html } from '../html/markup.ts';
import type { Html } from '../html/markup.ts';
import { htmlPage } from '../html/shell.ts';
import type { ReportDocument, ReportTable } from './document.ts';
import { xyChart } from './xy-chart.ts';

export function renderDocumentHtml(document: ReportDocument): string {
  return htmlPage({
    title: document.title,
    icon: null,
    body: html`<p class="brand"><strong>s3-edgedelta-streamer</strong></p>
      <h1>${document.title}</h1>
      <p class="purpose">${document.answer}</p>
      ${warnings(document.warnings)}
      <p class="replay"><span>Replay</span><code>${document.replay}</code></p>
      <main>
        <section class="block"><div class="charts two">${document.charts.map(xyChart)}</div></section>
        ${document.tables.filter(({ rows }) => rows.length > 0).map(table)}
        ${document.listings.map(({ title, text }) => listing(title, text))}
      </main>`,
  });
}

function warnings(texts: readonly string[]): Html | null {
  if (texts.length === 0) return null;
  return html`<div class="reasons invalid">
    <p>Before you use it</p>
    <ul>
      ${texts.map((text) => html`<li>${text}</li>`)}
    </ul>
  </div>`;
}

function table({ title, columns, rows }: ReportTable): Html {
  const head = columns.every((column) => column === '')
    ? null
    : html`<thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>`;
  return html`<section class="block">
    <h2>${title}</h2>
    <div class="panel wide">
      <table class="plain">
        ${head}
        <tbody>
          ${rows.map(
            ([name = '', ...cells]) =>
              html`<tr>
                <th scope="row">${name}</th>
                ${cells.map((cell) => html`<td>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function listing(title: string, text: string): Html {
  return html`<section class="block">
    <h2>${title}</h2>
    <div class="panel">${text.split('\n').map((line) => html`<code class="listing">${line}</code>`)}</div>
  </section>`;
}
