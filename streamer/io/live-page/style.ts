/** The style sheet of the live page. System fonts only; every colour is a variable with a light and a dark value. */
export const STYLE = `
:root {
  --ground: #f5f6f8; --panel: #ffffff; --ink: #17202b; --muted: #586474; --line: #dfe3e8; --faint: #eef0f3;
  --good: #13703f; --good-bg: #e3f3ea; --bad: #b02a25; --bad-bg: #fbe9e7; --unsure: #7d5400; --unsure-bg: #fcf1d8;
  --series: #2373a8; --series-2: #7a4fa3; --level: #b3541e;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1217; --panel: #161c24; --ink: #e4e9ef; --muted: #9aa6b4; --line: #2b343f; --faint: #1d242d;
    --good: #5fd296; --good-bg: #12301f; --bad: #ff8a80; --bad-bg: #3a1716; --unsure: #f0c063; --unsure-bg: #35280b;
    --series: #4b94c6; --series-2: #a980d6; --level: #f0935b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 var(--sans); font-variant-numeric: tabular-nums; }
.page { max-width: 1180px; margin: 0 auto; padding: 24px 24px 56px; }
h1, h2, h3, p, ul, figure { margin: 0; padding: 0; }
ul { list-style: none; }
h1 { font-size: 22px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 16px; line-height: 1.3; font-weight: 650; margin-top: 28px; }
h3 { font-size: 13px; font-weight: 500; color: var(--muted); }
code { font-family: var(--mono); font-size: 0.92em; overflow-wrap: anywhere; }
.muted { color: var(--muted); }

header { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; }
.state { display: inline-block; white-space: nowrap; font-weight: 650; padding: 2px 11px; border-radius: 5px; color: var(--muted); background: var(--faint); }
.state.good { color: var(--good); background: var(--good-bg); } .state.bad { color: var(--bad); background: var(--bad-bg); } .state.unsure { color: var(--unsure); background: var(--unsure-bg); }
#clock { margin-left: auto; color: var(--muted); font-size: 13px; }
#message { margin-top: 10px; overflow-wrap: anywhere; } #message.bad { color: var(--bad); font-weight: 600; }
.setup { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 12px; }
.setup li { font-size: 12.5px; color: var(--muted); border: 1px solid var(--line); border-radius: 20px; padding: 1px 11px; background: var(--panel); overflow-wrap: anywhere; min-width: 0; }

.tiles { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 12px; margin-top: 12px; }
.tile, .chart, .panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 11px 13px; min-width: 0; }
.value { font-size: 21px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; white-space: nowrap; }
.tile .note { font-size: 12px; line-height: 1.4; color: var(--muted); min-height: 1.4em; }
.tile.bad .value { color: var(--bad); } .tile.unsure .value { color: var(--unsure); }

.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; margin-top: 12px; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 8px; font-size: 13px; color: var(--muted); }
figcaption strong { font-weight: 600; color: var(--ink); }
.plot { position: relative; margin: 10px 0 0 56px; }
.plot svg { display: block; width: 100%; height: 120px; overflow: visible; }
.plot span { position: absolute; font-size: 11.5px; line-height: 1; color: var(--muted); white-space: nowrap; }
.plot .y { right: 100%; margin-right: 8px; transform: translateY(-50%); }
.plot .nothing { left: 50%; top: 50%; transform: translate(-50%, -50%); font-size: 13px; background: var(--panel); padding: 4px 10px; }
.axis { display: flex; justify-content: space-between; margin: 6px 0 0 56px; font-size: 11.5px; line-height: 1.2; color: var(--muted); }
.grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.bar { fill: var(--series); }
.line { fill: none; stroke: var(--series-2); stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.worst { fill: var(--series-2); opacity: .28; }

.panel { margin-top: 12px; padding: 4px 14px 8px; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 7px 14px 7px 0; border-bottom: 1px solid var(--faint); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-size: 12.5px; white-space: nowrap; border-bottom-color: var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; white-space: nowrap; }
td.text { overflow-wrap: anywhere; }
td .state, li .state { font-size: 12.5px; font-weight: 600; padding: 0 8px; }
.troubles li { display: grid; grid-template-columns: 74px 190px minmax(0, 1fr); gap: 0 12px; padding: 7px 0; border-bottom: 1px solid var(--faint); }
.troubles li:last-child { border-bottom: 0; }
.troubles .detail { overflow-wrap: anywhere; }
.endpoints th[scope=row] { width: 23%; } .endpoints .text { width: 20%; } .endpoints .text:last-child { width: 30%; }
.troubles .empty { display: block; }
.empty { color: var(--muted); padding: 8px 0; }
footer { margin-top: 26px; color: var(--muted); font-size: 13px; } footer a { color: inherit; margin-right: 14px; }

@media (max-width: 960px) { .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
@media (max-width: 720px) {
  .page { padding: 16px 14px 40px; }
  #clock { margin-left: 0; width: 100%; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } .charts { grid-template-columns: minmax(0, 1fr); }
  .value { font-size: 19px; }
  .troubles li { grid-template-columns: 74px minmax(0, 1fr); } .troubles .detail { grid-column: 1 / -1; }
  .endpoints thead { display: none; }
  .endpoints tbody, .endpoints tr { display: block; }
  .endpoints tr { padding: 8px 0; border-bottom: 1px solid var(--faint); } .endpoints tr:last-child { border-bottom: 0; }
  .endpoints th, .endpoints td { display: flex; justify-content: space-between; gap: 14px; border: 0; padding: 2px 0; text-align: right; white-space: normal; width: auto !important; }
  .endpoints td::before { content: attr(data-name); color: var(--muted); white-space: nowrap; text-align: left; }
}
`;
