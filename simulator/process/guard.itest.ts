import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Guard } from './guard.ts';

describe('the guard, told of a label before there is a container with it', () => {
  let folder = '';
  let engine: Server;
  let asked: string[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 's3es-guard-'));
    asked = [];
    // An engine that holds one container.
    engine = createServer((request, response) => {
      asked.push(`${request.method} ${decodeURIComponent(request.url ?? '')}`);
      response.end(request.method === 'GET' ? '[{"Id":"abc"}]' : '');
    });
    await once(engine.listen(join(folder, 'docker.sock')), 'listening');
    // No docker on the path: the engine itself is asked.
    vi.stubEnv('DOCKER_HOST', `unix://${folder}/docker.sock`);
    vi.stubEnv('PATH', folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    engine.close();
    rmSync(folder, { recursive: true });
  });

  it('removes at the end whatever has it', async () => {
    const guard = new Guard();
    guard.order({ kind: 'watch-containers', label: 's3es.run=7' });
    await guard.close();
    expect(asked).toEqual([
      'GET /containers/json?all=1&filters={"label":["s3es.run=7"]}',
      'DELETE /containers/abc?force=1&v=1',
    ]);
  });

  it('asks no engine where there was to be none', async () => {
    await new Guard().close();
    expect(asked).toEqual([]);
  });
});
