/** The style sheet of the report. System fonts only; every colour is a variable with a light and a dark value. */
export const STYLE = `
:root {
  --ground: #f5f6f8; --panel: #ffffff; --ink: #17202b; --muted: #586474; --line: #dfe3e8; --faint: #eef0f3;
  --good: #13703f; --good-bg: #e3f3ea; --bad: #b02a25; --bad-bg: #fbe9e7; --unsure: #7d5400; --unsure-bg: #fcf1d8;
  --series: #2373a8; --series-2: #7a4fa3; --series-3: #4a7d7a; --level: #b3541e;
  --before: #a3adb8; --finding: #d1902f; --moving: #2373a8;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1217; --panel: #161c24; --ink: #e4e9ef; --muted: #9aa6b4; --line: #2b343f; --faint: #1d242d;
    --good: #5fd296; --good-bg: #12301f; --bad: #ff8a80; --bad-bg: #3a1716; --unsure: #f0c063; --unsure-bg: #35280b;
    --series: #4b94c6; --series-2: #a980d6; --series-3: #5fa39e; --level: #f0935b;
    --before: #66727f; --finding: #dba24a; --moving: #4b94c6;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 var(--sans); font-variant-numeric: tabular-nums; }
.page { max-width: 1180px; margin: 0 auto; padding: 28px 24px 64px; }
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 26px; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 18px; line-height: 1.3; font-weight: 650; }
h3 { font-size: 13px; font-weight: 600; }
code { font-family: var(--mono); font-size: 0.92em; overflow-wrap: anywhere; }
a { color: inherit; }
.muted, .meaning, .unit, .fact { color: var(--muted); }
.lead { color: var(--muted); margin-top: 2px; max-width: 90ch; }
.footnote { color: var(--muted); font-size: 13px; margin-top: 12px; max-width: 90ch; }
.empty { color: var(--muted); padding: 28px 16px; text-align: center; border: 1px dashed var(--line); border-radius: 6px; }

.brand { color: var(--muted); font-size: 13px; }
.brand strong { color: var(--ink); font-weight: 600; margin-right: 6px; }
.title { display: flex; align-items: flex-start; gap: 16px; margin-top: 18px; }
.verdict { font-size: 17px; line-height: 1.2; font-weight: 700; padding: 7px 14px; border-radius: 6px; }
.verdict.pass { color: var(--good); background: var(--good-bg); }
.verdict.fail { color: var(--bad); background: var(--bad-bg); }
.verdict.invalid { color: var(--unsure); background: var(--unsure-bg); }
.proves { color: var(--muted); font-size: 13px; margin-top: 4px; max-width: 85ch; }
.purpose { color: var(--muted); margin-top: 4px; max-width: 75ch; }
.facts { display: flex; flex-wrap: wrap; gap: 2px 20px; margin-top: 14px; color: var(--muted); font-size: 13px; }

.reasons { margin-top: 18px; padding: 12px 16px; border-radius: 6px; }
.reasons p { font-weight: 650; }
.reasons ul { list-style: disc; padding-left: 20px; margin-top: 4px; }
.reasons .next { font-weight: 400; margin-top: 6px; }
.reasons.fail { background: var(--bad-bg); } .reasons.fail p { color: var(--bad); }
.reasons.invalid { background: var(--unsure-bg); } .reasons.invalid p { color: var(--unsure); }

.headlines { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1px; margin-top: 20px; background: var(--line); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.headline { background: var(--panel); padding: 14px 16px 16px; }
.headline h2 { font-size: 13px; font-weight: 500; color: var(--muted); }
.headline .answer { font-size: 23px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; margin: 4px 0 6px; }
.headline.good .answer { color: var(--good); } .headline.bad .answer { color: var(--bad); } .headline.unknown .answer { color: var(--unsure); }
.fact { font-size: 13px; }

.problems { margin-top: 16px; padding: 12px 16px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.problems h2, .problems summary { font-size: 14px; font-weight: 600; } .problems summary { cursor: pointer; } .problems li { margin-top: 6px; }
.story { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 8px 32px; margin-top: 16px; padding: 12px 16px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.story h2 { font-size: 14px; } .story li, .story p { margin-top: 4px; } .story a { color: inherit; }
.tag { display: inline-block; font-size: 12px; font-weight: 600; padding: 0 7px; border-radius: 4px; color: var(--unsure); background: var(--unsure-bg); }
.tag.lost, .tag.corrupt, .tag.unexpected { color: var(--bad); background: var(--bad-bg); }

.replay { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline; margin-top: 16px; }
.replay span { color: var(--muted); font-size: 13px; }
.replay code { user-select: all; -webkit-user-select: all; cursor: copy; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 5px 10px; }
.select-all { user-select: all; -webkit-user-select: all; cursor: copy; }

nav { display: flex; flex-wrap: wrap; gap: 4px 18px; margin-top: 24px; padding: 10px 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); font-size: 13px; }
nav a { color: var(--muted); text-decoration: none; } nav a:hover { color: var(--ink); text-decoration: underline; }
.block { margin-top: 36px; scroll-margin-top: 12px; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 6px 16px 14px; margin-top: 12px; }
.panel > h3 { margin-top: 10px; }

table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 7px 14px 7px 0; border-bottom: 1px solid var(--faint); font-weight: 400; }
thead th { color: var(--muted); font-size: 12.5px; white-space: nowrap; border-bottom-color: var(--line); }
tbody:last-child tr:last-child > * { border-bottom: 0; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; } .number .meaning { white-space: normal; }
.narrow { display: none; }
.meaning { display: block; font-size: 12.5px; font-weight: 400; }
tr.group th { font-weight: 650; padding-top: 16px; border-bottom-color: var(--line); }
tbody:first-of-type tr.group th { padding-top: 10px; }
.judged .measured { font-weight: 600; white-space: nowrap; } .judged .note { color: var(--muted); font-size: 13px; }
.judged th[scope=row] { width: 22%; } .judged .reference { width: 20%; } .judged .measured { width: 13%; } .judged .result { width: 12%; }
.state { display: inline-block; white-space: nowrap; font-weight: 600; font-size: 12.5px; padding: 0 8px; border-radius: 4px; color: var(--muted); background: var(--faint); }
.state.ok { color: var(--good); background: var(--good-bg); } .state.failed { color: var(--bad); background: var(--bad-bg); } .state.unknown { color: var(--unsure); background: var(--unsure-bg); }
.aside { margin-top: 14px; padding-top: 14px; border-top: 1px solid var(--line); font-size: 13px; }
.aside ul { list-style: disc; padding-left: 18px; margin: 4px 0 8px; }

.setup { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 12px; }
.setup li { font-size: 12.5px; color: var(--muted); border: 1px solid var(--line); border-radius: 20px; padding: 1px 11px; background: var(--panel); }
.tiles { display: grid; grid-template-columns: repeat(6, 1fr); gap: 12px; margin-top: 12px; }
.tile, .chart, .strip > section { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 12px 13px; min-width: 0; }
.tile h3, .strip h3 { color: var(--muted); font-weight: 500; }
.value { font-size: 22px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; }
.tile p + p { font-size: 12px; line-height: 1.45; color: var(--muted); }
.strip { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; margin-top: 12px; }
.strip h3 { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 10px; } .strip h3 .muted { font-weight: 400; font-size: 12.5px; }
.strip p.muted { font-size: 12.5px; }
.change { font-size: 14px; font-weight: 600; color: var(--muted); margin-left: 6px; } .of { font-size: 14px; font-weight: 500; color: var(--muted); }
.spark { display: block; width: 100%; height: 34px; margin-top: 10px; }
.spark rect { fill: var(--line); } .spark .before { fill: var(--series); opacity: .45; } .spark .now { fill: var(--series); }
.agents { margin-top: 8px; font-size: 12.5px; } .agents li { color: var(--muted); }
.agents li::before { content: ""; display: inline-block; width: 8px; height: 8px; border-radius: 50%; margin-right: 8px; background: var(--line); }
.agents .active::before { background: var(--good); }

.charts { display: grid; gap: 12px; margin-top: 12px; } .charts.two { grid-template-columns: repeat(2, minmax(0, 1fr)); }
figcaption { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: baseline; font-size: 13px; }
figcaption strong { font-weight: 600; }
.keys { margin-left: auto; display: flex; gap: 12px; font-size: 12.5px; color: var(--muted); }
.level-key::before { content: ""; display: inline-block; width: 16px; margin-right: 6px; vertical-align: middle; border-top: 1.5px dashed var(--level); }
.key::before { content: ""; display: inline-block; width: 9px; height: 9px; border-radius: 2px; margin-right: 6px; background: var(--key); }
.plot { position: relative; margin: 18px 0 0 58px; }
.area { position: relative; height: 132px; }
.area svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.y-axis span { position: absolute; right: 100%; margin-right: 8px; white-space: nowrap; transform: translateY(-50%); }
.y-axis { position: absolute; left: 0; top: 0; height: 132px; width: 0; }
.y-axis, .x-axis { font-size: 11.5px; line-height: 1; color: var(--muted); }
.dot { position: absolute; width: 8px; height: 8px; margin: -4px 0 0 -4px; border-radius: 50%; background: var(--series); }
.dot.regressed { background: var(--bad); } .dot.improved { background: var(--good); } .dot.inconclusive { background: var(--unsure); }
.x-axis { position: relative; height: 24px; }
.x-axis span { position: absolute; top: 9px; transform: translateX(-50%); white-space: nowrap; } .x-axis .end { transform: translateX(-85%); }
.grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; opacity: .75; }
.dot { position: absolute; width: 9px; height: 9px; margin: -4.5px 0 0 -4.5px; border-radius: 50%; }
.wide { overflow-x: auto; } .listing { display: block; white-space: pre-wrap; }
.line { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.fill { opacity: .13; } .hover { fill: transparent; } .hover:hover { fill: var(--muted); opacity: .16; }
.level { stroke: var(--level); stroke-width: 1.5; stroke-dasharray: 5 4; vector-effect: non-scaling-stroke; fill: none; }
.event { stroke: var(--bad); stroke-width: 1.5; vector-effect: non-scaling-stroke; } .event-span { fill: var(--bad); opacity: .12; }
.event.phase { stroke: var(--muted); } .event-span.phase { fill: var(--muted); } .event-mark.phase { background: var(--muted); }
.event-mark { position: absolute; top: -13px; transform: translateX(-50%); min-width: 15px; padding: 0 4px; border-radius: 8px; font-size: 10.5px; line-height: 15px; font-weight: 600; text-align: center; color: var(--panel); background: var(--bad); }
.events { margin-top: 12px; font-size: 13px; } .events li { margin-top: 3px; } .events .event-mark { position: static; display: inline-block; transform: none; margin-right: 8px; }

.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 12.5px; color: var(--muted); margin: 10px 0 4px; }
.legend li::before { content: ""; display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 7px; background: var(--before); }
.legend .finding::before { background: var(--finding); } .legend .moving::before { background: var(--moving); }
.part { display: grid; grid-template-columns: 310px 1fr 76px 56px; gap: 0 16px; align-items: center; padding: 6px 0; border-bottom: 1px solid var(--faint); }
.part .ms, .part .share { text-align: right; white-space: nowrap; } .part .share { color: var(--muted); }
.part.total { font-weight: 650; border-bottom: 0; padding-top: 10px; } .part.total .meaning { font-weight: 400; }
.track { position: relative; display: block; height: 16px; }
.track > i { position: absolute; top: 0; bottom: 0; min-width: 2px; border-radius: 2px; }
i.before { background: var(--before); } i.finding { background: var(--finding); } i.moving { background: var(--moving); }
.stacked { display: flex; height: 100%; border-radius: 2px; overflow: hidden; }
.stacked i { flex: none; box-shadow: inset -1px 0 0 var(--panel); }
.panel > h3 ~ .slowest { margin-top: 8px; } .slowest + * { margin-top: 12px; }
.waterfall ~ h3 { margin-top: 18px; }
.slowest > div { display: grid; grid-template-columns: 310px 1fr 170px; gap: 0 16px; align-items: center; padding: 4px 0; font-size: 13px; }
.slowest .track { height: 12px; } .slowest .figures { text-align: right; color: var(--muted); white-space: nowrap; }

.side-by-side { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 12px; }
.share-bar { display: inline-block; width: 130px; height: 9px; margin-right: 10px; border-radius: 2px; background: var(--faint); vertical-align: baseline; overflow: hidden; }
.share-bar i { display: block; height: 100%; background: var(--series); }
.facts-list { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 32px; }
.facts-list > div, .glossary > div { display: grid; grid-template-columns: 130px 1fr; gap: 0 12px; padding: 6px 0; border-bottom: 1px solid var(--faint); }
.glossary > div { grid-template-columns: 170px 1fr; } .glossary > div:last-child { border-bottom: 0; }
dt { color: var(--muted); } dd { overflow-wrap: anywhere; } .glossary dt { color: var(--ink); font-weight: 600; } .glossary dd { color: var(--muted); max-width: 80ch; }
footer { margin-top: 36px; color: var(--muted); font-size: 13px; }

@media (min-width: 721px) { td.number + td.text, th.number + th.text { padding-left: 16px; } }
@media (max-width: 960px) {
  .headlines { grid-template-columns: repeat(2, 1fr); } .tiles { grid-template-columns: repeat(3, 1fr); }
  .judged { table-layout: fixed; } .judged th[scope=row] { width: 24%; } .judged .reference { width: 21%; } .judged .measured { width: 17%; white-space: normal; } .judged .result { width: 15%; } .judged td { overflow-wrap: anywhere; }
  .pairs .number { white-space: normal; }
  .part { grid-template-columns: 220px 1fr 70px 50px; } .slowest > div { grid-template-columns: 220px 1fr 150px; }
}
@media screen and (max-width: 720px) {
  .page { padding: 20px 16px 48px; }
  .title { flex-direction: column; gap: 10px; }
  .headlines { grid-template-columns: minmax(0, 1fr); } .headline { padding: 11px 16px 12px; } .headline .answer { font-size: 20px; margin: 1px 0 2px; }
  .tiles { grid-template-columns: repeat(2, 1fr); } .strip, .charts.two, .side-by-side, .facts-list { grid-template-columns: minmax(0, 1fr); }
  .plot { margin-left: 52px; } .keys { margin-left: 0; }
  .part { grid-template-columns: minmax(0, 1fr) auto 52px; gap: 0 12px; padding: 8px 0; } .part .name { overflow-wrap: anywhere; } .part .name { grid-column: 1; } .part .track { grid-column: 1 / -1; grid-row: 2; margin-top: 5px; height: 10px; }
  .slowest > div { grid-template-columns: 1fr; gap: 3px; padding: 7px 0; } .slowest .figures { text-align: left; }
  .glossary > div, .facts-list > div { grid-template-columns: minmax(0, 1fr); }
  .facts-list > div { grid-template-columns: 104px minmax(0, 1fr); }
  .pairs, .judged, .pairs tbody, .judged tbody, .pairs tr, .judged tr, .judged th, .judged td, .pairs th, .pairs td { display: block; width: auto; }
  .pairs thead, .judged thead { display: none; }
  .pairs tr, .judged tr { display: grid; gap: 0 20px; padding: 9px 0; border-bottom: 1px solid var(--faint); }
  .pairs th, .pairs td, .judged th, .judged td { border: 0; padding: 0; text-align: left; }
  .pairs tr { grid-template-columns: 1fr 1fr; } .pairs th { grid-column: 1 / -1; font-weight: 600; }
  .pairs td.number, .pairs td.text { white-space: normal; padding: 0; } .pairs td.blank { display: none; } .pairs td:last-child:nth-child(even) { grid-column: 1 / -1; } .pairs .narrow { display: block; color: var(--muted); font-size: 12.5px; margin-top: 3px; }
  .judged tr { grid-template: "name name result" auto "measured reference reference" auto "note note note" auto / auto 1fr auto; }
  .judged tr.group { display: block; padding: 14px 0 6px; border-bottom-color: var(--line); }
  .judged th[scope=row] { grid-area: name; width: auto; } .judged td { width: auto !important; }
  .judged .result { grid-area: result; text-align: right; } .judged .measured { grid-area: measured; } .judged .note { grid-area: note; }
  .judged .reference { grid-area: reference; text-align: right; color: var(--muted); overflow-wrap: anywhere; } .judged .narrow { display: inline; }
  .plain th, .plain td { padding-right: 8px; } .plain thead .meaning { display: none; } .plain .muted { white-space: normal; } .plain thead th { white-space: normal; vertical-align: bottom; }
  .share-bar { width: 90px; }
}
@media print {
  :root { --ground: #fff; --panel: #fff; --ink: #000; --muted: #444; --line: #ccc; --faint: #e5e5e5; --good: #13703f; --bad: #b02a25; --unsure: #7d5400; --good-bg: #e3f3ea; --bad-bg: #fbe9e7; --unsure-bg: #fcf1d8; --series: #2373a8; --series-2: #7a4fa3; --series-3: #4a7d7a; --level: #b3541e; --before: #a3adb8; --finding: #d1902f; --moving: #2373a8; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 12px; } .judged .note, .lead, .fact, .facts, .aside { font-size: 11.5px; } .page { max-width: none; padding: 0; } nav { display: none; }
  .chart, .tile, .part, .headline, .strip > section, tr { break-inside: avoid; } h2, h3, .lead { break-after: avoid; }
}
`;
