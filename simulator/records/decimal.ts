/** Decimal numbers written as bytes, without making a string of each: a load holds some ten of them in every one of millions of lines. */

const ZERO = 0x30;

/** Writes exactly `digits` digits, with leading zeros; returns where they end. The value must fit. */
export function writePadded(target: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value;
  for (let position = at + digits - 1; position >= at; position -= 1) {
    const quotient = Math.floor(rest / 10);
    target[position] = ZERO + rest - quotient * 10;
    rest = quotient;
  }
  return at + digits;
}

/** Writes a non-negative integer without leading zeros; returns where it ends. */
export function writeDecimal(target: Uint8Array, at: number, value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits += 1;
  return writePadded(target, at, value, digits);
}
