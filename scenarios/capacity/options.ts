/** Levers and settings as the command line writes them. */
import { InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import type { Setting } from '../scenario.ts';
import type { Lever, LeverValue } from './sweep-design.ts';

/** `http.workers=10,20,40`. */
export function parseLever(text: string): Lever {
  const { key, value } = split(text);
  const values = value.split(',').map((one) => parseValue(one));
  if (values.length < 2)
    throw new InvalidArgumentError('A lever needs two values or more, such as http.workers=10,20.');
  if (new Set(values).size < values.length)
    throw new InvalidArgumentError('Each value of a lever must be another one.');
  return { key, values };
}

/** `http.workers=20`. */
export function parseSetting(text: string): Setting {
  const { key, value } = split(text);
  return { key, value: parseValue(value), shipped: 'see docs/configuration.md', why: 'asked for with --set' };
}

export function parseAmount(text: string): number {
  const amount = Number(text);
  if (text.trim() === '' || !Number.isFinite(amount) || amount <= 0)
    throw new InvalidArgumentError('It must be a number above 0.');
  return amount;
}

/** `1,2,4,8`: three to fit a law, and one to try it on. */
export function parseSizes(text: string): readonly number[] {
  const sizes = text.split(',').map(Number);
  const isAscending = sizes.every((size, index) => Number.isInteger(size) && size > (sizes[index - 1] ?? 0));
  if (!isAscending || sizes.length < 4)
    throw new InvalidArgumentError('It must be four ascending numbers or more, such as 1,2,4,8.');
  return sizes;
}

function split(text: string): { readonly key: string; readonly value: string } {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('It must be such as http.workers=20.');
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

/** As YAML reads it: 20 is a number, 250ms a text. */
function parseValue(text: string): LeverValue {
  const value: unknown = parse(text);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new InvalidArgumentError(`${text} is no single value.`);
}
