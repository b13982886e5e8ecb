import { describe, expect, it } from 'vitest';
import { compileFormats, type FormatDefinition } from '../core/format.ts';
import { SHIPPED_FORMATS, withUserFormats } from './log-formats.ts';

const formats = compileFormats(SHIPPED_FORMATS);

const ORIGINAL_NAMES = [
  'cloudtrail',
  'elb_access',
  'cloudfront',
  'vpc_flow',
  's3_access',
  'rds_mysql_slow',
  'rds_postgres',
  'lambda',
  'app_json_iso',
  'syslog_rfc3164',
  'apache_combined',
  'nginx_access',
  'json_unix',
  'generic_csv',
  'text_iso',
  'kubernetes',
];

describe('the shipped formats', () => {
  it('are the two built-in ones and the sixteen of the original', () => {
    expect(SHIPPED_FORMATS.map(({ name }) => name)).toEqual(['zscaler', 'cisco_umbrella', ...ORIGINAL_NAMES]);
  });

  // Names as the services write them.
  it.each([
    ['zscaler', 'year=2025/month=10/day=12/1760305292_56442_130_1.gz', '2025-10-12T21:41:32Z'],
    ['zscaler', '1760305292_56442_130_1', '2025-10-12T21:41:32Z'],
    ['cisco_umbrella', '2025-10-12/2025-10-12-21-40-1a2b.csv.gz', '2025-10-12T21:40:00Z'],
    [
      'cloudtrail',
      'AWSLogs/123456789012/CloudTrail/us-east-1/2025/10/12/123456789012_CloudTrail_us-east-1_20251012T2140Z_Abc123.json.gz',
      '2025-10-12T21:40:00Z',
    ],
    [
      'elb_access',
      'AWSLogs/123456789012/elasticloadbalancing/us-east-1/2025/10/12/123456789012_elasticloadbalancing_us-east-1_app.web.0123456789abcdef_20251012T2145Z_10.0.0.1_abcd.log.gz',
      '2025-10-12T21:45:00Z',
    ],
    ['cloudfront', 'EMLARXS9EXAMPLE.2025-10-12-21.RT4KCN4SGK9.gz', '2025-10-12T21:00:00Z'],
    [
      'vpc_flow',
      '123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20251012T2140Z_fe123456.log.gz',
      '2025-10-12T21:40:00Z',
    ],
    ['s3_access', 'logs/2025-10-12-21-41-32-0123456789ABCDEF', '2025-10-12T21:41:32Z'],
    ['rds_mysql_slow', 'slowquery/mysql-slowquery.log.2025-10-12.21.gz', '2025-10-12T21:00:00Z'],
    ['rds_postgres', 'error/postgresql.log.2025-10-12-21.gz', '2025-10-12T21:00:00Z'],
    ['lambda', '2025/10/12/21/lambda-logs-1-2025-10-12-21-41-32-0f1e2d3c-4b5a.gz', '2025-10-12T21:41:32Z'],
    ['app_json_iso', 'app-web-2025-10-12T21:41:32.500Z.json.gz', '2025-10-12T21:41:32.500Z'],
    ['syslog_rfc3164', 'web-1/syslog-2025101221.gz', '2025-10-12T21:00:00Z'],
    ['apache_combined', 'access_log-2025101221.gz', '2025-10-12T21:00:00Z'],
    ['nginx_access', 'access.log-2025101221.gz', '2025-10-12T21:00:00Z'],
    ['json_unix', 'events-1760305292.json.gz', '2025-10-12T21:41:32Z'],
    ['generic_csv', 'export-2025-10-12-21-41-32.csv.gz', '2025-10-12T21:41:32Z'],
    ['text_iso', 'worker-2025-10-12T21:41:32Z.log.gz', '2025-10-12T21:41:32Z'],
    ['kubernetes', 'default_web-7f9c_uid/web/0.log.20251012-214132.gz', '2025-10-12T21:41:32Z'],
  ])('auto finds %s for %s, and its time', (name, key, time) => {
    const chosen = formats.choose('auto', key);
    expect(chosen).toMatchObject({ isByName: true, fileTimestampMs: Date.parse(time) });
    expect(chosen?.format.name).toBe(name);
    expect(formats.choose(name, key)).toMatchObject({ fileTimestampMs: Date.parse(time) });
  });

  it.each([
    ['nginx_access', 'access.log-20251012.gz'],
    ['syslog_rfc3164', 'syslog-20251012.gz'],
    ['apache_combined', 'access_log.1.gz'],
    ['generic_csv', 'users.csv.gz'],
  ])('leave the time open where the name tells only the day or nothing: %s, %s', (name, key) => {
    // With the day's first moment as its time, a file of the evening would be a day old and outside of look-back.
    expect(formats.choose('auto', key)).toMatchObject({ fileTimestampMs: null });
    expect(formats.choose('auto', key)?.format.name).toBe(name);
  });

  it('let a scan start at the watermark where names begin with the time', () => {
    expect(SHIPPED_FORMATS.filter(({ name }) => formats.isKeyOrderTimeOrder(name)).map(({ name }) => name)).toEqual([
      'zscaler',
      'cisco_umbrella',
    ]);
  });

  it('have the content types and headings of the original', () => {
    const contentType = (name: string): string => formats.named(name).contentType;
    expect([contentType('zscaler'), contentType('cisco_umbrella'), contentType('cloudtrail')]).toEqual([
      'application/x-ndjson',
      'text/plain',
      'application/x-ndjson',
    ]);
    expect(formats.named('cisco_umbrella').recordRule.headerLines).toBe(1);
    expect(formats.named('zscaler').recordRule).toEqual({ dropsArrayPunctuation: true, headerLines: 0 });
  });
});

describe('withUserFormats', () => {
  const own: FormatDefinition = {
    name: 'zscaler',
    filenamePattern: '*.jsonl',
    timestampRegex: '(x)',
    timestampFormat: 'unix',
    isTimestampRequired: false,
    contentType: 'text/plain',
    recordRule: { dropsArrayPunctuation: false, headerLines: 2 },
    origin: 'user',
  };

  it("puts the user's own in the place of a shipped one of the same name, whose lines stay what they are", () => {
    const redefined = withUserFormats([own]).filter(({ name }) => name === 'zscaler');
    expect(redefined).toEqual([{ ...own, recordRule: { dropsArrayPunctuation: true, headerLines: 2 } }]);
  });

  it('adds one of another name, whose lines are plain', () => {
    const added = withUserFormats([{ ...own, name: 'mine' }]);
    expect(added).toHaveLength(SHIPPED_FORMATS.length + 1);
    expect(added.at(-1)).toEqual({ ...own, name: 'mine' });
  });
});
