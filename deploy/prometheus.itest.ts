/** Alert rules and dashboard queries, judged by Prometheus' own tool. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { expressionsOf, readDashboard } from './dashboard.ts';
import { findTool } from './tool.ts';

const folder = new URL('prometheus', import.meta.url).pathname;
const promtool = findTool({
  program: 'promtool',
  variable: 'PROMTOOL',
  cure: 'it is part of Prometheus (Debian: package prometheus)',
});

describe.skipIf(promtool.path === null)('promtool', () => {
  it('accepts the rules and the configuration', async () => {
    const result = await promtool.run(['check', 'config', 'prometheus.yaml'], folder);
    expect(result.output).toMatch(/SUCCESS: \d+ rules found/);
    expect(result).toMatchObject({ code: 0 });
  });

  it('sees each alert fire when it should, and none of them without trouble', async () => {
    expect(await promtool.run(['test', 'rules', 'alerts.test.yaml'], folder)).toMatchObject({
      code: 0,
      output: expect.stringContaining('SUCCESS'),
    });
  });

  it('understands every query of the dashboard', async () => {
    const rules = expressionsOf(readDashboard()).map((expr, index) => ({ record: `panel:query${index}`, expr }));
    const temporary = mkdtempSync(join(tmpdir(), 's3es-dashboard-'));
    try {
      const file = join(temporary, 'rules.yaml');
      writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules }] }));
      expect(await promtool.run(['check', 'rules', '--lint=none', file])).toMatchObject({
        code: 0,
        output: expect.stringContaining(`${rules.length} rules found`),
      });
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
});
