/** Pieces of Markdown in which no text of a run can become markup. */

export function folded(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableLine(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(tableLine)].join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map(escapeText).join(' | ')} |`;
}

/** Markdown would read these as emphasis, a link, a cell's end or HTML; a newline would end the cell. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/[\\`*_~[\]|]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('\n', ' ');
}

export function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text.replaceAll('\n', ' ')}${fence}`;
}
