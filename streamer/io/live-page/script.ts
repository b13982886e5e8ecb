/**
 * What runs in the browser: asks for `/live.json` once a second and shows it. Texts from outside (keys, answers of endpoints) go into the page as text, never
 * as markup. It is a string, because the page has to be complete by itself inside one bundled file.
 */
export const SCRIPT = String.raw`
'use strict';
const POLL_MS = 1000;
const PATIENCE_MS = 5000;
const byId = (id) => document.getElementById(id);

// Numbers as people read them. Powers of ten, as in every report.
function formatCount(value) {
  if (value < 10000) return value.toLocaleString('en-US');
  const [size, unit] = value < 1e6 ? [1e3, 'K'] : value < 1e9 ? [1e6, 'M'] : [1e9, 'G'];
  return (value / size).toFixed(2) + unit;
}
function formatBytes(bytes) {
  let value = bytes, unit = 0;
  while (value >= 1000 && unit < 4) { value /= 1000; unit += 1; }
  return (unit === 0 ? String(Math.round(value)) : value >= 100 ? value.toFixed(0) : value.toPrecision(3)) + ' ' + ['B', 'kB', 'MB', 'GB', 'TB'][unit];
}
function formatMs(ms) {
  if (ms === null) return '–';
  if (ms === 0) return '0';
  if (ms < 1000) return (ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)) + ' ms';
  const s = ms / 1000;
  if (s < 60) return s.toFixed(1) + ' s';
  const min = Math.floor(s / 60);
  if (min < 60) return min + ' min ' + Math.round(s % 60) + ' s';
  return Math.floor(min / 60) + ' h ' + (min % 60) + ' min';
}
function formatTime(ms) { return new Date(ms).toLocaleTimeString('en-GB'); }
function ago(ms, nowMs) { return formatMs(Math.max(0, Math.round((nowMs - ms) / 1000) * 1000)) + ' ago'; }

// Elements. Every text becomes a text node.
function make(tag, attributes, ...children) {
  const isSvg = ['svg', 'rect', 'path', 'line'].includes(tag);
  const element = isSvg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}
const shown = new Map();
// Draws a part only when its data changed, so that a text can be selected while the page lives.
function show(id, data, draw) {
  const text = JSON.stringify(data);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  byId(id).replaceChildren(...draw(data));
}

function tile(name, value, note, mood) {
  return make('div', { class: 'tile ' + (mood || '') }, make('h3', {}, name), make('p', { class: 'value' }, value), make('p', { class: 'note' }, note));
}
function figures(view, rates) {
  const { totals } = view;
  return [
    tile('Files processed', formatCount(totals.files), totals.lateObjects > 0 ? formatCount(totals.lateObjects) + ' came late' : 'complete'),
    tile('Bytes processed', formatBytes(totals.rawBytes), 'raw; ' + formatBytes(rates.bytesPerS * 60) + '/min now'),
    tile('Time per file', formatMs(view.timePerFileMs), 'average'),
    tile('Processing lag', formatMs(view.lagAvgMs), 'average; target < ' + view.settings.targetLagS + ' s', view.lagAvgMs > view.settings.targetLagS * 1000 ? 'bad' : ''),
    tile('File errors', formatCount(totals.fileErrors), totals.throttled > 0 ? formatCount(totals.throttled) + ' throttled' : 'readings that failed', totals.fileErrors > 0 ? 'unsure' : ''),
    tile('HTTP errors', formatCount(totals.httpErrors), 'POSTs not acknowledged', totals.httpErrors > 0 ? 'unsure' : ''),
  ];
}
function present(view, rates) {
  const { backlog, buffer, memory } = view;
  const isOld = backlog.oldestAgeMs > view.settings.targetLagS * 1000;
  return [
    tile('Backlog', formatCount(backlog.objects), backlog.objects === 0 ? 'nothing waits' : formatBytes(backlog.bytes) + ', oldest ' + formatMs(backlog.oldestAgeMs), isOld ? 'bad' : ''),
    tile('Buffer', (buffer.utilization * 100).toFixed(0) + '%', formatCount(buffer.lines) + ' lines' + (buffer.utilization >= 0.99 ? ': reading waits' : ''), buffer.utilization >= 0.99 ? 'unsure' : ''),
    tile('In flight', formatBytes(memory.inFlightBytes), 'of ' + formatBytes(memory.limitBytes)),
    tile('Memory', formatBytes(view.process.residentBytes), 'resident'),
    tile('CPU', rates.cores === null ? '–' : (rates.cores * 100).toFixed(1) + '%', 'of one core'),
    tile('Event loop', formatMs(view.process.eventLoopDelayP99Ms), 'delay, p99 of 10 s'),
  ];
}

// Ten-second bins while the run is young, minutes afterwards, as on the documented dashboard.
function binned(series) {
  const each = series.files.length <= 90 ? 1 : 6;
  const firstMs = series.startMs;
  const offset = each === 1 ? 0 : Math.floor((firstMs % 60000) / series.binMs);
  const bins = [];
  series.files.forEach((_, index) => {
    const at = Math.floor((index + offset) / each);
    const bin = bins[at] || (bins[at] = { files: 0, batches: 0, bytes: 0, lagAvgMs: [], lagMaxMs: [] });
    bin.files += series.files[index]; bin.batches += series.batches[index]; bin.bytes += series.bytes[index];
    if (series.lagAvgMs[index] !== null) { bin.lagAvgMs.push(series.lagAvgMs[index]); bin.lagMaxMs.push(series.lagMaxMs[index]); }
  });
  const average = (list) => (list.length === 0 ? null : list.reduce((sum, value) => sum + value, 0) / list.length);
  return {
    per: each === 1 ? '10 s' : 'minute', perMin: 60000 / (series.binMs * each), binMs: series.binMs * each, startMs: firstMs - offset * series.binMs,
    bins: bins.map((bin) => ({ ...bin, lagAvgMs: average(bin.lagAvgMs), lagMaxMs: bin.lagMaxMs.length === 0 ? null : Math.max(...bin.lagMaxMs) })),
  };
}
function niceTop(highest) {
  if (highest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((top) => top >= highest);
}
const WIDTH = 600, HEIGHT = 120;
function chart(title, unit, data, values, format, draw) {
  const top = niceTop(Math.max(0, ...values.filter((value) => value !== null)));
  const step = WIDTH / Math.max(values.length, 12);
  const svg = make('svg', { viewBox: '0 0 ' + WIDTH + ' ' + HEIGHT, preserveAspectRatio: 'none', role: 'img', 'aria-label': title });
  for (const y of [0, 0.5, 1]) svg.append(make('line', { class: 'grid', x1: 0, x2: WIDTH, y1: y * HEIGHT, y2: y * HEIGHT }));
  draw(svg, (value) => HEIGHT - (value / top) * HEIGHT, step);
  const isEmpty = values.every((value) => !value);
  const label = (part) => make('span', { class: 'y', style: 'top:' + (1 - part) * 100 + '%' }, format(top * part));
  const endMs = data.startMs + Math.max(values.length, 12) * data.binMs;
  return make('figure', { class: 'chart' },
    make('figcaption', {}, make('strong', {}, title), make('span', {}, unit)),
    make('div', { class: 'plot' }, svg, ...(isEmpty ? [make('span', { class: 'nothing' }, 'nothing yet')] : [label(1), label(0.5), label(0)])),
    make('div', { class: 'axis' }, make('span', {}, formatTime(data.startMs)), make('span', {}, formatTime(endMs))));
}
function bars(title, unit, data, valueOf, format) {
  const values = data.bins.map(valueOf);
  return chart(title, unit, data, values, format, (svg, yOf, step) => values.forEach((value, index) =>
    svg.append(make('rect', { class: 'bar', x: index * step + step * 0.1, width: step * 0.8, y: yOf(value), height: HEIGHT - yOf(value) }))));
}
function lagChart(data) {
  const worst = data.bins.map((bin) => bin.lagMaxMs);
  return chart('Processing lag', 'average, and worst file, per ' + data.per, data, worst, formatMs, (svg, yOf, step) => {
    let path = '';
    data.bins.forEach(({ lagAvgMs, lagMaxMs }, index) => {
      if (lagMaxMs === null) return;
      svg.append(make('rect', { class: 'worst', x: index * step + step * 0.2, width: step * 0.6, y: yOf(lagMaxMs), height: HEIGHT - yOf(lagMaxMs) }));
      path += (path === '' ? 'M' : 'L') + (index + 0.5) * step + ' ' + yOf(lagAvgMs);
    });
    svg.append(make('path', { class: 'line', d: path }));
  });
}
function charts(series) {
  const data = binned(series);
  return [
    bars('S3 files processed', 'files per ' + data.per, data, (bin) => bin.files, formatCount),
    bars('Batches sent', 'batches per ' + data.per, data, (bin) => bin.batches, formatCount),
    bars('Bytes sent', data.per === 'minute' ? 'per minute' : 'per minute, over ' + data.per, data, (bin) => bin.bytes * data.perMin, formatBytes),
    lagChart(data),
  ];
}

const STATES = { closed: ['good', 'in use'], 'half-open': ['unsure', 'being tried again'], open: ['bad', 'left alone'] };
const OUTCOMES = { refused: 'refused', rejected: 'rejected', 'server-error': '5xx', timeout: 'timed out', network: 'no connection' };
function endpointRow(endpoint, allBytes, nowMs) {
  const [mood, word] = endpoint.unreachable === null ? STATES[endpoint.state] : ['bad', 'accepts no connection'];
  const errors = Object.entries(OUTCOMES).filter(([name]) => endpoint.outcomes[name] > 0).map(([name, text]) => formatCount(endpoint.outcomes[name]) + ' ' + text);
  const error = endpoint.lastError;
  const why = error !== null ? [error.status, error.text].filter((part) => part !== null && part !== '').join(' ') + ', ' + ago(error.atMs, nowMs) : (endpoint.unreachable || 'none');
  const cell = (name, kind, ...content) => make('td', { class: kind, 'data-name': name }, ...content);
  return make('tr', {},
    make('th', { scope: 'row' }, make('code', {}, endpoint.endpoint)),
    cell('state', '', make('span', { class: 'state ' + mood }, word)),
    cell('share', 'number', allBytes === 0 ? '–' : ((endpoint.bytes / allBytes) * 100).toFixed(1) + '%'),
    cell('acknowledged', 'number', formatBytes(endpoint.bytes)),
    cell('errors', 'text', errors.length === 0 ? 'none' : errors.join(', ')),
    cell('last error', 'text', why));
}
function endpointRows(view) {
  const allBytes = view.endpoints.reduce((sum, { bytes }) => sum + bytes, 0);
  return view.endpoints.map((endpoint) => endpointRow(endpoint, allBytes, view.nowMs));
}
function troubleItems(troubles) {
  if (troubles.length === 0) return [make('li', { class: 'empty' }, 'Nothing since the start.')];
  return troubles.map(({ atMs, level, what, detail, times }) => make('li', {},
    make('span', { class: 'muted' }, formatTime(atMs)),
    make('span', {}, make('span', { class: 'state ' + (level === 'error' ? 'bad' : 'unsure') }, what), times > 1 ? ' × ' + formatCount(times) : ''),
    make('span', { class: 'detail' }, detail)));
}
function quarantineText(quarantined) {
  const reasons = Object.entries(quarantined);
  if (reasons.length === 0) return ['Nothing is in quarantine since the start.'];
  return ['In quarantine since the start: ' + reasons.map(([reason, records]) => formatCount(records) + ' × ' + reason).join(', ') + '. s3-edgedelta-streamer quarantine list shows each.'];
}
function setupItems({ settings, endpoints, version }) {
  const counted = (count, noun) => count + ' ' + noun + (count === 1 ? '' : 's');
  return [counted(settings.s3Workers, 'S3 worker'), counted(settings.httpWorkers, 'HTTP worker') + ' over ' + counted(endpoints, 'endpoint'), 'target lag < ' + settings.targetLagS + ' s', ...settings.sources, 'version ' + version].map((text) => make('li', {}, text));
}

let before = null;
// CPU and bytes are sums: what happened lately is the difference to about ten seconds ago.
function ratesOf(view) {
  const last = view.series.bytes.slice(-2, -1)[0];
  const rates = { cores: null, bytesPerS: (last === undefined ? 0 : last) / (view.series.binMs / 1000) };
  if (before !== null && view.nowMs > before.nowMs) rates.cores = (view.process.cpuS - before.cpuS) / ((view.nowMs - before.nowMs) / 1000);
  if (before === null || view.nowMs - before.nowMs > 10000) before = { nowMs: view.nowMs, cpuS: view.process.cpuS };
  return rates;
}
function showState(mood, word, message) {
  byId('state').className = 'state ' + mood;
  byId('state').textContent = word;
  byId('message').className = mood === 'bad' ? 'bad' : '';
  byId('message').textContent = message;
  document.title = word + ' · S3 to EdgeDelta streamer';
}
function render(view) {
  const isWell = view.health.isReady && view.health.message === 'all is well';
  showState(!view.health.isReady ? 'bad' : isWell ? 'good' : 'unsure', view.health.isReady ? 'ready' : 'not ready', view.health.message);
  byId('clock').textContent = formatTime(view.nowMs) + ', up ' + formatMs(view.nowMs - view.process.startedMs);
  const rates = ratesOf(view);
  show('setup', { settings: view.settings, endpoints: view.endpoints.length, version: view.version }, setupItems);
  byId('figures').replaceChildren(...figures(view, rates));
  byId('present').replaceChildren(...present(view, rates));
  show('charts', view.series, charts);
  byId('endpoints').replaceChildren(...endpointRows(view));
  show('troubles', view.troubles, troubleItems);
  show('quarantine', view.quarantined, quarantineText);
}

let answeredMs = Date.now();
async function poll() {
  try {
    const answer = await fetch('live.json', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
    render(await answer.json());
    answeredMs = Date.now();
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) showState('bad', 'no answer', 'The streamer does not answer since ' + formatTime(answeredMs) + '. It was stopped, or this host cannot reach it.');
    else throw error;
  } finally {
    setTimeout(poll, POLL_MS);
  }
}
poll();
`;
