/** Orders names as people do: runs of digits by value, so that `_2` comes before `_10` and `day=9` before `day=10`. */

const PARTS = /\d+|\D+/g;

function compareDigits(left: string, right: string): number {
  const leftDigits = left.replace(/^0+(?=\d)/, '');
  const rightDigits = right.replace(/^0+(?=\d)/, '');
  if (leftDigits.length !== rightDigits.length) return leftDigits.length - rightDigits.length;
  if (leftDigits === rightDigits) return 0;
  return leftDigits < rightDigits ? -1 : 1;
}

/** Negative when `left` comes first. A total order: equal only for equal strings. */
export function compareNatural(left: string, right: string): number {
  const leftParts = left.match(PARTS) ?? [];
  const rightParts = right.match(PARTS) ?? [];
  const count = Math.min(leftParts.length, rightParts.length);
  for (let index = 0; index < count; index += 1) {
    const a = leftParts[index] ?? '';
    const b = rightParts[index] ?? '';
    if (a === b) continue;
    const areDigits = /^\d/.test(a) && /^\d/.test(b);
    const order = areDigits ? compareDigits(a, b) : a < b ? -1 : 1;
    if (order !== 0) return order;
  }
  if (leftParts.length !== rightParts.length) return leftParts.length - rightParts.length;
  // Only leading zeros differ.
  return left < right ? -1 : left > right ? 1 : 0;
}
