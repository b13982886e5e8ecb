import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHIPPED_FORMATS } from '../config/log-formats.ts';
import { firstLineOf, formatBySign } from './content-signs.ts';

const owner = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';

/** First lines as the documentation of each service shows them. */
const FIRST_LINES: readonly (readonly [string | null, string])[] = [
  ['zscaler', '{ "sourcetype" : "zscalernss-web", "event" : {"datetime":"2025-09-09"}}'],
  ['zscaler', ',{"sourcetype":"zscalernss-web","event":{}}'],
  ['cloudtrail', '{"Records":[{"eventVersion":"1.08","userIdentity":{}}]}'],
  ['cisco_umbrella', '"Timestamp","Policy Identity","Identities","Internal IP"'],
  ['cisco_umbrella', 'Timestamp,Most Granular Identity,Identities,Internal Ip Address'],
  [
    'vpc_flow',
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  ],
  ['cloudfront', '#Version: 1.0'],
  [
    's3_access',
    `${owner} amzn-s3-demo-bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 ${owner} 3E57427F3EXAMPLE REST.GET.VERSIONING`,
  ],
  [
    'elb_access',
    'http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001',
  ],
  ['rds_mysql_slow', '# Time: 2025-01-15T14:23:45.123456Z'],
  ['rds_postgres', '2025-01-15 14:23:45 UTC:10.0.0.5(40000):app@db:[1234]:LOG:  duration'],
  ['kubernetes', '{"log":"started\\n","stream":"stdout","time":"2025-01-15T14:23:45.123456789Z"}'],
  ['apache_combined', '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'],
  ['syslog_rfc3164', '<34>Oct 11 22:14:15 mymachine su: failed'],
  ['text_iso', '2025-01-15T14:23:45Z INFO started'],
  [null, '{"a":1}'],
  // A heading or a line of words? Nobody can tell, so nothing is skipped.
  [null, 'user,action,result'],
];

describe('formatBySign', () => {
  it.each(FIRST_LINES)('%s: %s', (format, line) => {
    expect(formatBySign(line)).toBe(format);
  });

  it('names only formats that are shipped', () => {
    const names = SHIPPED_FORMATS.map(({ name }) => name);
    for (const [format] of FIRST_LINES) if (format !== null) expect(names).toContain(format);
  });

  it('follows from the first line alone, whatever stands behind it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FIRST_LINES), fc.string(), ([format, line], rest) => {
        const content = new TextEncoder().encode(`\n[\r\n${line}\n${rest}`);
        expect(formatBySign(firstLineOf(content) ?? '')).toBe(format);
      }),
    );
  });
});

describe('firstLineOf', () => {
  it('is null where there is no line yet, and takes bytes that are no text', () => {
    expect(firstLineOf(new Uint8Array())).toBeNull();
    expect(firstLineOf(new TextEncoder().encode('[\n\n]\n'))).toBeNull();
    expect(formatBySign(firstLineOf(Uint8Array.of(0xff, 0xfe, 0x00, 0x0a)) ?? '')).toBeNull();
  });
});
