/** What the docs show is what works: links lead somewhere, policies are those that the streamer asks for, configurations are valid. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { allScenarios } from '../scenarios/catalog.ts';
import { describeTuning } from '../scenarios/tuning/command.ts';
import { checkConfig } from '../streamer/config/parse.ts';
import { readPolicy } from '../streamer/core/iam-policy.ts';

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync('docs').map((name) => join('docs', name))].filter(
  (path) => path.endsWith('.md'),
);

function blocksOf(page: string, language: string): readonly string[] {
  return [...readFileSync(page, 'utf8').matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, block = '']) => block,
  );
}

/** As GitHub makes them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('links', () => {
  it.each(pages)('of %s lead to pages and sections that exist', (page) => {
    const prose = readFileSync(page, 'utf8').replaceAll(/`[^`\n]*`/g, '');
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = links
      .filter((target) => !/^\w+:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).has(anchor));
      });
    expect(broken).toEqual([]);
  });
});

describe('scenarios', () => {
  const scenarios = allScenarios({ seed: 1, durationS: null, isFull: false });
  const names = new Set([...scenarios, describeTuning()].map(({ name }) => name));

  it.each(pages)('that %s names exist', (page) => {
    const named = [...readFileSync(page, 'utf8').matchAll(/npm run scenario -- (?!(?:list|all)\b)([a-z][\w-]*)/g)];
    expect(named.map(([, name = '']) => name).filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('the policies of docs/aws.md', () => {
  const [reading = '', sending = '', notification = ''] = blocksOf('docs/aws.md', 'json');

  it('to read: what the streamer itself asks for', () => {
    expect(JSON.parse(reading)).toEqual(
      readPolicy(
        [{ bucket: 'my-logs', prefix: '_weblog/' }],
        'eu-central-1',
        'https://sqs.eu-central-1.amazonaws.com/123456789012/weblog-events',
      ),
    );
  });

  it('to be told: one queue, one bucket, and nobody else', () => {
    const policy = z
      .object({ Statement: z.tuple([z.object({ Action: z.string(), Resource: z.string(), Condition: z.unknown() })]) })
      .parse(JSON.parse(sending));
    const {
      QueueConfigurations: [queue],
    } = z
      .object({ QueueConfigurations: z.tuple([z.object({ QueueArn: z.string(), Events: z.array(z.string()) })]) })
      .parse(JSON.parse(notification));
    expect(policy.Statement[0]).toEqual({
      Action: 'sqs:SendMessage',
      Resource: queue.QueueArn,
      Condition: {
        ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::my-logs' },
        StringEquals: { 'aws:SourceAccount': '123456789012' },
      },
    });
    expect(queue.Events).toEqual(['s3:ObjectCreated:*']);
  });
});

describe('configurations', () => {
  /** Whole ones; the rest shows single keys. */
  const shown = pages.flatMap((page) =>
    blocksOf(page, 'yaml')
      .filter((block) => {
        const value: unknown = parse(block);
        return typeof value === 'object' && value !== null && 's3' in value && 'http' in value;
      })
      .map((text) => ({ page, text })),
  );
  const files = ['deploy/compose/streamer.yaml'].map((page) => ({ page, text: readFileSync(page, 'utf8') }));

  it.each([...shown, ...files])('of $page are valid', ({ text }) => {
    const checked = checkConfig(text, {});
    expect(checked.kind === 'invalid' ? checked.problems : []).toEqual([]);
  });
});
