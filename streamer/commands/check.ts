/** `check`: would `run` work from here? Tries every part that the configuration names, and says how to mend what does not work. Changes nothing. */
import { Command } from 'commander';
import { secretsOf } from '../config/redact.ts';
import { endpointNames } from '../core/endpoint-names.ts';
import { hideSecrets } from '../core/hide-secrets.ts';
import { readPolicy } from '../core/iam-policy.ts';
import { StreamerError } from '../errors.ts';
import { configOption, jsonOption } from './arguments.ts';
import { withBucket } from './bucket.ts';
import { checkEndpoint, noteOnRecords } from './check-endpoint.ts';
import type { Finding } from './check-finding.ts';
import { checkHealthPort, checkState } from './check-local.ts';
import { checkQueueAccess } from './check-queue.ts';
import { checkRedis } from './check-redis.ts';
import { checkSource } from './check-s3.ts';
import { type LoadedConfig, loadConfig } from './load-config.ts';
import { formatColumns, formatCount, print, printJson } from './output.ts';
import { readTlsFiles } from '../io/tls-files.ts';
import { requestHeaders } from '../request-headers.ts';

interface CheckOptions {
  readonly config: string;
  readonly json?: true;
}

export function checkCommand(): Command {
  return new Command('check')
    .description('try S3, endpoints, state and health port; say how to mend what fails')
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
It tries LIST and GET (of one object, with If-Match) for each source; looks at
the queue, if there is one; connects to each endpoint, TLS included, and asks
with OPTIONS (no POST: an agent could make a record of it); sees whether the
state can be written and is not in use, and whether the health port is free.
Nothing is created or changed. With state.redis it looks whether Redis is fit to
keep what the instances share.

Exit codes: 0 \`run\` would work · 2 something failed`,
    )
    .action(async (options: CheckOptions) => check(await loadConfig(options.config), options));
}

async function check(loaded: LoadedConfig, { json }: CheckOptions): Promise<void> {
  const { config, file, warnings } = loaded;
  const secrets = secretsOf(config, process.env);
  const names = endpointNames(config.http.endpoints);
  const access = { headers: requestHeaders(config.http), tls: readTlsFiles(config.http.tls) };
  const [sources, queue, endpoints, health, redis] = await Promise.all([
    withBucket(config, async ({ objects }) =>
      Promise.all(config.s3.sources.map(async (source) => checkSource(objects, source))),
    ),
    checkQueueAccess(config),
    Promise.all(
      config.http.endpoints.map(async (endpoint, index) =>
        checkEndpoint(endpoint, { ...access, name: names[index] ?? '' }),
      ),
    ),
    checkHealthPort(config.health),
    config.state.redis === null ? [] : checkRedis(config.state.redis),
  ]);
  const findings: readonly Finding[] = [
    {
      area: 'config',
      status: 'ok',
      target: file,
      detail: `valid, ${formatCount(warnings.length, 'warning')}`,
      cure: null,
    },
    ...warnings.map((warning): Finding => ({
      area: 'config',
      status: 'note',
      target: file,
      detail: warning,
      cure: null,
    })),
    ...[...sources, queue].flatMap((checked) => checked.findings),
    // What an endpoint or a library says may repeat a secret.
    ...endpoints.map((finding) => ({ ...finding, detail: hideSecrets(finding.detail, secrets) })),
    ...noteOnRecords(config.http),
    ...checkState(loaded),
    ...redis,
    health,
  ];
  const failures = findings.filter(({ status }) => status === 'failed').length;
  const isDenied = [...sources, queue].some((checked) => checked.isDenied);
  const queueUrl = config.discovery.mode === 'poll' ? null : config.discovery.queueUrl;
  const policy = isDenied ? readPolicy(config.s3.sources, config.s3.region, queueUrl) : null;
  if (json) printJson({ ok: failures === 0, findings, iamPolicy: policy });
  else {
    print(textOf(findings));
    if (policy !== null) print(`\nIAM policy that the streamer needs:\n${JSON.stringify(policy, null, 2)}`);
  }
  if (failures > 0)
    throw new StreamerError(
      'PREFLIGHT_FAILED',
      `${formatCount(failures, 'check')} failed: see above for how to mend it`,
    );
}

const STATUS_WORDS: Readonly<Record<Finding['status'], string>> = { ok: 'ok', note: 'note', failed: 'FAILED' };

function textOf(findings: readonly Finding[]): string {
  const rows = findings.map(({ area, status, target, detail, cure }) => [
    STATUS_WORDS[status],
    area,
    `${target}: ${detail}${cure === null ? '' : `\n    -> ${cure.replaceAll('\n', '\n       ')}`}`,
  ]);
  return formatColumns(rows);
}
