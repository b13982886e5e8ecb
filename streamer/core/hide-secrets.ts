/** Takes secrets out of a text that somebody will read. The longer ones first, where one is a part of another. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '[redacted]'), text);
}
