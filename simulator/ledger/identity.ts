/** Finds the identity (object index, line number) that every generated line carries. It reads digits only and decides nothing else. */
import type { IdentityPlace } from '../load/manifest.ts';

export interface LineIdentity {
  readonly index: number;
  readonly line: number;
}

const digitZero = 0x30;

export class IdentityReader {
  readonly #marker: Buffer;
  readonly #place: IdentityPlace;

  constructor(place: IdentityPlace) {
    this.#place = place;
    this.#marker = Buffer.from(place.marker);
  }

  /** Bytes from the start of a line that hold its identity, when it is where it should be. */
  get headBytes(): number {
    const { digitsOffset, objectDigits, lineDigits } = this.#place;
    return digitsOffset + objectDigits + lineDigits;
  }

  /** The identity of the line at [start, end), or null when it carries none. */
  read(bytes: Buffer, start: number, end: number): LineIdentity | null {
    const usual = start + this.#place.digitsOffset;
    if (this.#hasMarkerBefore(bytes, usual, end)) {
      const identity = this.#readDigits(bytes, usual, end);
      if (identity !== null) return identity;
    }
    return this.#search(bytes.subarray(start, end));
  }

  /** Altered on the way, or of another kind, a line may still say what it is. */
  #search(line: Buffer): LineIdentity | null {
    for (let at = line.indexOf(this.#marker); at >= 0; at = line.indexOf(this.#marker, at + 1)) {
      const identity = this.#readDigits(line, at + this.#marker.length, line.length);
      if (identity !== null) return identity;
    }
    return null;
  }

  #hasMarkerBefore(bytes: Buffer, position: number, end: number): boolean {
    return position <= end && this.#marker.compare(bytes, position - this.#marker.length, position) === 0;
  }

  #readDigits(bytes: Buffer, position: number, end: number): LineIdentity | null {
    const { objectDigits, lineDigits } = this.#place;
    if (position + objectDigits + lineDigits > end) return null;
    const index = readDecimal(bytes, position, objectDigits);
    const line = readDecimal(bytes, position + objectDigits, lineDigits);
    return index === null || line === null ? null : { index, line };
  }
}

function readDecimal(bytes: Buffer, start: number, digits: number): number | null {
  let value = 0;
  for (let position = start; position < start + digits; position += 1) {
    const digit = (bytes[position] ?? 0) - digitZero;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return value;
}
