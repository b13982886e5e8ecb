/**
 * By which formats are known whose names tell nothing: signs in the first line of the content. Only what cannot be mistaken: a format that skips header
 * lines is chosen by those lines themselves, so that no line is taken for a heading that is none.
 */

/** The most specific first: the first sign that fits decides. */
const SIGNS: readonly (readonly [format: string, sign: RegExp])[] = [
  ['cloudtrail', /^\{"Records":\s*\[\s*\{"eventVersion"/],
  ['zscaler', /^,?\s*\{\s*"sourcetype"\s*:\s*"zscalernss-/],
  ['kubernetes', /^\{"log":".*","stream":"std(?:out|err)","time":"/],
  ['cisco_umbrella', /^"?Timestamp"?,"?(?:Policy|Most Granular) Identity"?,/],
  ['vpc_flow', /^version account-id interface-id /],
  ['cloudfront', /^#Version: 1\.0\s*$/],
  ['s3_access', /^[0-9a-f]{64} \S+ \[\d{2}\/[A-Z][a-z]{2}\/\d{4}(?::\d{2}){3} [+-]\d{4}\] /],
  ['elb_access', /^(?:https?|h2|grpcs?|wss?) \d{4}-\d{2}-\d{2}T[\d:.]+Z \S+ \S+:\d+ /],
  ['rds_mysql_slow', /^# Time: \d{4}-\d{2}-\d{2}T/],
  ['rds_postgres', /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC:[^:]*:[^:]*@[^:]*:\[\d+\]:/],
  ['apache_combined', /^\S+ \S+ \S+ \[\d{2}\/[A-Z][a-z]{2}\/\d{4}(?::\d{2}){3} [+-]\d{4}\] "/],
  ['syslog_rfc3164', /^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \S+ /],
  ['text_iso', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/],
];

/** Of the content, to see its first line. */
const HEAD_BYTES = 4096;

/** Null where the content has no line yet: nothing but blanks, and brackets by themselves. */
export function firstLineOf(content: Uint8Array): string | null {
  const lines = new TextDecoder().decode(content.subarray(0, HEAD_BYTES)).split('\n');
  return lines.find((line) => !/^\s*[[\]]?\s*$/.test(line)) ?? null;
}

/** The name of a shipped format; null where the line tells none. */
export function formatBySign(firstLine: string): string | null {
  return SIGNS.find(([, sign]) => sign.test(firstLine))?.[0] ?? null;
}
