/** What every page is: one self-contained file, without a script or an external request (a content security policy forbids both). */
import { html, trusted } from './markup.ts';
import type { Html } from './markup.ts';
import { STYLE } from './style.ts';

interface Page {
  /** What comes before the product's name. */
  readonly title: string;
  /** A data: URL; null for none. */
  readonly icon: string | null;
  readonly body: Html;
}

export function htmlPage({ title, icon, body }: Page): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'${icon === null ? '' : '; img-src data:'}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · s3-edgedelta-streamer</title>
        ${icon === null ? null : html`<link rel="icon" href="${icon}" />`}
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <div class="page">${body}</div>
      </body>
    </html> `.markup;
}
