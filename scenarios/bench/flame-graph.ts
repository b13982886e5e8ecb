/** A call tree as one HTML page without scripts: each function as wide as its time, above its caller; its name and figures on hover. */
import { escapeMarkup } from '#reports';
import { categoryOf, type Frame } from './cpu-profile.ts';

const width = 1200;
const rowHeight = 18;
const charWidth = 6.6;
/** Narrower than this is invisible, and would only make the page heavy. */
const visibleWidth = 0.6;

const colours: Readonly<Record<string, string>> = {
  'the streamer': '#f2b84b',
  'AWS SDK': '#e58f65',
  undici: '#8fbf7f',
  "Node's own modules": '#8fb5d9',
  'garbage collector': '#c792c7',
};
const otherColour = '#c9c9c9';

export function renderFlameGraph(root: Frame, title: string): string {
  const boxes: string[] = [];
  let depthMax = 0;
  const draw = (frame: Frame, x: number, depth: number): void => {
    const boxWidth = (frame.totalMs / root.totalMs) * width;
    if (boxWidth < visibleWidth) return;
    depthMax = Math.max(depthMax, depth);
    boxes.push(renderBox(frame, root.totalMs, { x, y: depth * rowHeight, boxWidth }));
    let childX = x;
    for (const child of frame.children.toSorted((a, b) => b.totalMs - a.totalMs)) {
      draw(child, childX, depth + 1);
      childX += (child.totalMs / root.totalMs) * width;
    }
  };
  draw(root, 0, 0);
  const legend = Object.entries({ ...colours, other: otherColour })
    .map(([name, colour]) => `<li><span style="background:${colour}"></span>${escapeMarkup(name)}</li>`)
    .join('');
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeMarkup(title)}</title>
<style>
  body { font: 14px system-ui, sans-serif; margin: 1rem; }
  ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; }
  li span { display: inline-block; width: 1em; height: 1em; margin-right: .4em; vertical-align: middle; }
  svg { width: 100%; font: 11px ui-monospace, monospace; }
  rect { stroke: #fff; stroke-width: .5; } rect:hover { stroke: #000; } text { pointer-events: none; }
</style>
<h1>${escapeMarkup(title)}</h1>
<p>Time of the event loop, ${root.totalMs.toFixed(0)} ms without its idle time. A function stands below its caller; hover for figures.</p>
<ul>${legend}</ul>
<svg viewBox="0 0 ${width} ${(depthMax + 1) * rowHeight}" role="img" aria-label="flame graph">${boxes.join('\n')}</svg>
</html>
`;
}

function renderBox(frame: Frame, allMs: number, place: { x: number; y: number; boxWidth: number }): string {
  const { x, y, boxWidth } = place;
  const { name, place: where, selfMs, totalMs } = frame;
  const share = ((totalMs / allMs) * 100).toFixed(1);
  const hint = `${name} (${where}): ${totalMs.toFixed(0)} ms, ${share}%; itself ${selfMs.toFixed(0)} ms`;
  const label = name.slice(0, Math.floor((boxWidth - 6) / charWidth));
  const text = label.length < 3 ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 13}">${escapeMarkup(label)}</text>`;
  const colour = colours[categoryOf(frame)] ?? otherColour;
  return `<g><title>${escapeMarkup(hint)}</title><rect x="${x.toFixed(1)}" y="${y}" width="${boxWidth.toFixed(1)}" height="${rowHeight}" fill="${colour}"/>${text}</g>`;
}
