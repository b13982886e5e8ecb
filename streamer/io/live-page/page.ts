/** The live page: the documented dashboard of the running streamer, complete by itself. It asks for nothing but `live.json` beside it. */
import { hash } from 'node:crypto';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

export const LIVE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>S3 to EdgeDelta streamer</title>
<style>${STYLE}</style>
</head>
<body>
<main class="page">
<header><h1>S3 to EdgeDelta streamer</h1><span id="state" class="state">connecting</span><span id="clock"></span></header>
<p id="message" role="status"></p>
<ul class="setup" id="setup"></ul>
<section aria-label="Since the start"><div class="tiles" id="figures"></div></section>
<h2>The last hour</h2>
<div class="charts" id="charts"></div>
<h2>Now</h2>
<div class="tiles" id="present"></div>
<h2>Endpoints</h2>
<div class="panel"><table class="endpoints">
<thead><tr><th scope="col">endpoint</th><th scope="col">state</th><th scope="col" class="number">share</th><th scope="col" class="number">acknowledged</th><th scope="col">errors</th><th scope="col">last error</th></tr></thead>
<tbody id="endpoints"></tbody>
</table></div>
<h2>What went wrong</h2>
<div class="panel"><ul class="troubles" id="troubles"></ul></div>
<p class="empty" id="quarantine"></p>
<footer><a href="metrics">metrics</a><a href="live.json">live.json</a>Everything counts from the start of the process.</footer>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;

/** Only what stands in the page may run in it, and it may ask only its own server. */
export const LIVE_PAGE_POLICY = {
  'content-security-policy': `default-src 'none'; connect-src 'self'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash('sha256', SCRIPT, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
} as const;
