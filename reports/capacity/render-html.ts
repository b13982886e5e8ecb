/** A capacity report as one self-contained page, in the dress of the run report. */
import { html, trusted } from '../html/markup.ts';
import type { Html } from '../html/markup.ts';
import { STYLE } from '../html/style.ts';
import type { ReportDocument, ReportTable } from './document.ts';
import { xyChart } from './xy-chart.ts';

export function renderDocumentHtml(document: ReportDocument): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${document.title} · s3-edgedelta-streamer</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <div class="page">
          <p class="brand"><strong>s3-edgedelta-streamer</strong>capacity</p>
          <h1>${document.title}</h1>
          <p class="purpose">${document.answer}</p>
          ${warnings(document.warnings)}
          <p class="replay"><span>Replay</span><code>${document.replay}</code></p>
          <main>
            <section class="block"><div class="charts two">${document.charts.map(xyChart)}</div></section>
            ${document.tables.filter(({ rows }) => rows.length > 0).map(table)}
            ${document.listings.map(({ title, text }) => listing(title, text))}
          </main>
        </div>
      </body>
    </html> `.markup;
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
