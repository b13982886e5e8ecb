/** Text in columns and to a width, for the table on stdout. */

/** Breaks at spaces; a word longer than the width stays whole on a line of its own. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/**
 * Pads the cells of each column to its widest; the last column takes what is left of the width and wraps.
 * Gives the lines of each row.
 */
export function layoutColumns(rows: readonly (readonly string[])[], width: number): string[][] {
  const widths = columnWidths(rows);
  const gap = '  ';
  const taken = widths.slice(0, -1).reduce((sum, columnWidth) => sum + columnWidth + gap.length, 0);
  return rows.map((row) => {
    const fixed = row.slice(0, -1).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const [first = '', ...rest] = wrapText(row.at(-1) ?? '', width - taken);
    return [[...fixed, first].join(gap).trimEnd(), ...rest.map((line) => `${' '.repeat(taken)}${line}`)];
  });
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return widths;
}
