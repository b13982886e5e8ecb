/** A template tag for HTML that escapes every value put into it, so that no key or message of a run can become markup. */
import { escapeMarkup } from '../xml.ts';

/** Markup that is safe as it stands. Only `html` and `trusted` make it. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type Content = Html | string | number | null | readonly Content[];

export function html(literals: TemplateStringsArray, ...values: readonly Content[]): Html {
  const rest = values.map((value, index) => toMarkup(value) + withoutIndent(literals[index + 1] ?? ''));
  return new Html(withoutIndent(literals[0] ?? '') + rest.join(''));
}

/** For constants of this folder only (the style sheet). */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** The indentation of the source is a third of the page otherwise. Nothing here is preformatted text. */
function withoutIndent(literal: string): string {
  return literal.replaceAll(/\n\s+/g, '\n');
}

function toMarkup(content: Content): string {
  if (content === null) return '';
  if (content instanceof Html) return content.markup;
  if (typeof content === 'string') return escapeMarkup(content);
  if (typeof content === 'number') return String(content);
  return content.map(toMarkup).join('');
}
