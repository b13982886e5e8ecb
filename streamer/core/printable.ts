/** Names and messages from outside, for people at a terminal: a key may hold a line break or an escape sequence, and forge a line or hide one. */

/** Control characters as JSON writes them (`\n`, `\u001b`); all others stay as they are. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    const code = character.charCodeAt(0);
    // JSON lets some of them pass, such as the one-character CSI.
    return code < 0x20 ? JSON.stringify(character).slice(1, -1) : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
