/**
 * The formats that are there without being defined: the two built-in ones, and a recipe for each of the 16 that the original ships as an
 * example. The original's example patterns look for times inside the lines although it applies them to file names, so they never find one;
 * the recipes here read the times that AWS, logrotate, Firehose and the kubelet put into names. A name that tells only the day gives no time
 * (a whole day of doubt would hide the object behind `lookback`); LastModified then stands in.
 */
import type { FormatDefinition } from '../core/format.ts';

const NDJSON = 'application/x-ndjson';
const PLAIN = 'text/plain';

const BUILT_IN: readonly FormatDefinition[] = [
  {
    // <unix>_<id>_<id>_<seq>[.gz], JSON lines
    name: 'zscaler',
    filenamePattern: '[0-9]*_*_*_*',
    timestampRegex: String.raw`^(\d{9,11})(?:_[^_]+){3,}$`,
    timestampFormat: 'unix',
    isTimestampRequired: true,
    contentType: NDJSON,
    recordRule: { dropsArrayPunctuation: true, headerLines: 0 },
    origin: 'built-in',
  },
  {
    // YYYY-MM-DD/YYYY-MM-DD-HH-MM-xxxx.csv.gz, CSV with a heading
    name: 'cisco_umbrella',
    filenamePattern: '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]-[0-9][0-9]-[0-9][0-9]-*.csv*',
    timestampRegex: String.raw`^(\d{4}(?:-\d{2}){4})-.+\.csv(?:\.gz)?$`,
    timestampFormat: '2006-01-02-15-04',
    isTimestampRequired: true,
    contentType: PLAIN,
    recordRule: { dropsArrayPunctuation: false, headerLines: 1 },
    origin: 'built-in',
  },
];

/** The minute at the end of what the file covers, as AWS writes it between underscores. */
const AWS_MINUTE = { timestampRegex: String.raw`_(\d{8}T\d{4}Z)_`, timestampFormat: '20060102T1504Z' };
/** Firehose: <stream>-<version>-YYYY-MM-DD-HH-MM-SS-<id>. */
const FIREHOSE_SECOND = { timestampRegex: String.raw`(\d{4}(?:-\d{2}){5})`, timestampFormat: '2006-01-02-15-04-05' };
/** logrotate's hourly date extension: -YYYYMMDDHH. */
const LOGROTATE_HOUR = { timestampRegex: String.raw`[-.](20\d{8})(?!\d)`, timestampFormat: '2006010215' };
const ISO_SECOND = {
  timestampRegex: String.raw`(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?)`,
  timestampFormat: '2006-01-02T15:04:05',
};

interface Recipe {
  readonly name: string;
  readonly filenamePattern: string;
  readonly timestampRegex: string;
  readonly timestampFormat: string;
  readonly contentType: string;
  readonly headerLines?: number;
}

const RECIPES: readonly Recipe[] = [
  { name: 'cloudtrail', filenamePattern: '*_CloudTrail_*.json*', ...AWS_MINUTE, contentType: NDJSON },
  { name: 'elb_access', filenamePattern: '*_elasticloadbalancing_*.log*', ...AWS_MINUTE, contentType: PLAIN },
  {
    // <distribution>.YYYY-MM-DD-HH.<id>.gz; begins with #Version and #Fields.
    name: 'cloudfront',
    filenamePattern: 'E*.[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]-[0-9][0-9].*',
    timestampRegex: String.raw`\.(\d{4}(?:-\d{2}){3})\.`,
    timestampFormat: '2006-01-02-15',
    contentType: PLAIN,
    headerLines: 2,
  },
  // Begins with the names of the fields.
  { name: 'vpc_flow', filenamePattern: '*_vpcflowlogs_*.log*', ...AWS_MINUTE, contentType: PLAIN, headerLines: 1 },
  {
    // [prefix]YYYY-MM-DD-HH-MM-SS-<16 hexadecimal digits>
    name: 's3_access',
    filenamePattern:
      '*[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]-[0-9][0-9]-[0-9][0-9]-[0-9][0-9]-[0-9A-F][0-9A-F][0-9A-F][0-9A-F]*',
    timestampRegex: String.raw`(\d{4}(?:-\d{2}){5})-[0-9A-F]{16}`,
    timestampFormat: '2006-01-02-15-04-05',
    contentType: PLAIN,
  },
  {
    name: 'rds_mysql_slow',
    filenamePattern: 'mysql-slowquery.log.*',
    timestampRegex: String.raw`\.log\.(\d{4}-\d{2}-\d{2}\.\d{2})`,
    timestampFormat: '2006-01-02.15',
    contentType: PLAIN,
  },
  {
    name: 'rds_postgres',
    filenamePattern: 'postgresql.log.*',
    timestampRegex: String.raw`\.log\.(\d{4}(?:-\d{2}){3})`,
    timestampFormat: '2006-01-02-15',
    contentType: PLAIN,
  },
  { name: 'lambda', filenamePattern: '*lambda*', ...FIREHOSE_SECOND, contentType: NDJSON },
  { name: 'app_json_iso', filenamePattern: 'app-*.json*', ...ISO_SECOND, contentType: NDJSON },
  { name: 'syslog_rfc3164', filenamePattern: '*syslog*', ...LOGROTATE_HOUR, contentType: PLAIN },
  { name: 'apache_combined', filenamePattern: '*access_log*', ...LOGROTATE_HOUR, contentType: PLAIN },
  { name: 'nginx_access', filenamePattern: '*access.log*', ...LOGROTATE_HOUR, contentType: PLAIN },
  {
    name: 'json_unix',
    filenamePattern: '*.json*',
    timestampRegex: String.raw`(?<!\d)(\d{10})(?!\d)`,
    timestampFormat: 'unix',
    contentType: NDJSON,
  },
  { name: 'generic_csv', filenamePattern: '*.csv*', ...FIREHOSE_SECOND, contentType: PLAIN, headerLines: 1 },
  { name: 'text_iso', filenamePattern: '*.log*', ...ISO_SECOND, contentType: PLAIN },
  {
    // The kubelet's rotated files: <count>.log.YYYYMMDD-HHMMSS[.gz]
    name: 'kubernetes',
    filenamePattern: '[0-9]*.log.[0-9]*-[0-9]*',
    timestampRegex: String.raw`\.log\.(\d{8}-\d{6})`,
    timestampFormat: '20060102-150405',
    contentType: NDJSON,
  },
];

function fromRecipe(recipe: Recipe): FormatDefinition {
  const { headerLines = 0, ...rest } = recipe;
  return {
    ...rest,
    isTimestampRequired: false,
    recordRule: { dropsArrayPunctuation: false, headerLines },
    origin: 'recipe',
  };
}

export const SHIPPED_FORMATS: readonly FormatDefinition[] = [...BUILT_IN, ...RECIPES.map(fromRecipe)];

/**
 * The shipped formats and the user's own. One of the user's with a shipped name takes its place, but the records of a feed stay what they
 * are: a redefined `zscaler` still sheds stray commas and brackets.
 */
export function withUserFormats(own: readonly FormatDefinition[]): readonly FormatDefinition[] {
  const ownNames = new Set(own.map((definition) => definition.name));
  const ownWithRules = own.map((definition) => {
    const shipped = SHIPPED_FORMATS.find((candidate) => candidate.name === definition.name);
    const dropsArrayPunctuation = shipped?.recordRule.dropsArrayPunctuation ?? false;
    return { ...definition, recordRule: { ...definition.recordRule, dropsArrayPunctuation } };
  });
  return [...SHIPPED_FORMATS.filter((definition) => !ownNames.has(definition.name)), ...ownWithRules];
}
