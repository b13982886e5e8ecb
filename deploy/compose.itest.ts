/** The compose file, read by the loader of `docker compose` itself: complete, closed to other machines, with time to stop. */
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findTool } from './tool.ts';

const serviceSchema = z.object({
  image: z.string(),
  command: z.array(z.string()).nullish(),
  ports: z.array(z.object({ host_ip: z.string().optional(), published: z.string() })).default([]),
  volumes: z.array(z.object({ type: z.string(), source: z.string(), target: z.string() })).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  stop_grace_period: z.string().optional(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
});
const projectSchema = z.object({ services: z.record(z.string(), serviceSchema) });

const loader = findTool({
  program: 'compose-go',
  variable: 'COMPOSE_GO',
  cure: 'go install github.com/compose-spec/compose-go/v2/cmd',
});

describe.skipIf(loader.path === null)('the compose file', () => {
  let services: z.infer<typeof projectSchema>['services'];

  beforeAll(async () => {
    const { code, output } = await loader.run(['-format', 'json', 'compose.yaml']);
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    ({ services } = projectSchema.parse(JSON.parse(output)));
  });

  it('has all of the picture: two streamers, S3, Redis, two agents, a generator', () => {
    expect(Object.keys(services).toSorted()).toEqual([
      'edgedelta-1',
      'edgedelta-2',
      'first-object',
      'generator',
      'minio',
      'redis',
      'streamer-1',
      'streamer-2',
    ]);
  });

  it('opens ports on this machine only', () => {
    const published = Object.values(services).flatMap(({ ports }) => ports);
    expect(published.map(({ host_ip: host }) => host)).toEqual(['127.0.0.1', '127.0.0.1']);
    expect(new Set(published.map(({ published: port }) => port)).size).toBe(2);
  });

  it('lets the streamers finish, and write nothing but their state', () => {
    for (const name of ['streamer-1', 'streamer-2']) {
      const service = services[name];
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      expect(Number(service?.stop_grace_period?.replace('s', ''))).toBeGreaterThan(20);
      for (const { source } of service?.volumes ?? []) expect(existsSync(source)).toBe(true);
    }
  });

  it('waits only for what tells that it is ready', () => {
    for (const { depends_on: needs } of Object.values(services))
      for (const [name, { condition }] of Object.entries(needs))
        if (condition === 'service_healthy') expect(services[name]?.healthcheck?.test[0]).toBe('CMD');
  });

  it('pins every image that is not built from this repository', () => {
    for (const { image } of Object.values(services))
      expect(image).toMatch(/^(?:s3-edgedelta-\w+|[\w./-]+:[\w.-]*\d[\w.-]*)$/);
  });

  it('starts programs that exist', () => {
    const programs = Object.values(services).flatMap(
      ({ command }) => command?.filter((word) => word.endsWith('.ts')) ?? [],
    );
    expect(programs).toHaveLength(4);
    expect(programs.filter((program) => !existsSync(program))).toEqual([]);
  });
});
