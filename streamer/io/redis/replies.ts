/** What Redis answers, as values that the types know. */
import { StreamerError } from '../../errors.ts';

export function listOf(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  throw new StreamerError('STATE_CORRUPT', 'Redis answered something else than a list: is it Redis 6.2 or newer?');
}

/** '' for what is not there. */
export function textsOf(answer: unknown): readonly string[] {
  return listOf(answer).map((item) => textOf(item));
}

export function textOf(item: unknown): string {
  return typeof item === 'string' ? item : typeof item === 'number' ? String(item) : '';
}
