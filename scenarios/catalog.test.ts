import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allScenarios, findScenario } from './catalog.ts';
import { lagInCalm } from './observe/recovery.ts';
import { observedPath } from './observe/observation.ts';
import { snapshot } from './snapshot.ts';

const lagInCalmPath = observedPath(lagInCalm(0).id);

const asUsual = { seed: 1, durationS: null, isFull: false };

describe('scenarios', () => {
  it.each(allScenarios(asUsual))('$name judges loss, and says what it is for', ({ expect: checks, why, proves }) => {
    expect(checks.map((check) => check.path)).toContain('delivery.lostLines');
    expect(why).toMatch(/\.$/);
    expect(proves).toMatch(/\.$/);
  });

  it('are the same for the same seed, and differ where they are random', () => {
    expect(findScenario('streamer-crash', { ...asUsual, seed: 7 })).toEqual(
      findScenario('streamer-crash', { ...asUsual, seed: 7 }),
    );
    expect(findScenario('streamer-crash', { ...asUsual, seed: 7 }).faults).not.toEqual(
      findScenario('streamer-crash', { ...asUsual, seed: 8 }).faults,
    );
  });

  it.each(allScenarios(asUsual))('$name is in the table of docs/scenarios.md, as it describes itself', (scenario) => {
    const doc = readFileSync(new URL('../docs/scenarios.md', import.meta.url), 'utf8');
    const { name, why, proves, takesS } = scenario;
    expect(doc).toContain(`| \`${name}\` | ${why} | ${proves} | ${takesS} s |`);
  });

  // What is never judged cannot fail: a calm that ends when the recovery does holds no file.
  it.each(allScenarios(asUsual).filter(({ expect: checks }) => checks.some(({ path }) => path === lagInCalmPath)))(
    '$name leaves a calm between its faults in which files come that its lag is judged by',
    ({ expect: checks, faults }) => {
      const { name = '' } = checks.find(({ path }) => path === lagInCalmPath) ?? {};
      const recoveryS = Number(/from (\d+) s after a fault/.exec(name)?.[1]);
      const spans = faults.flatMap(({ at, action }) =>
        'afterS' in at && action.kind === 'network' ? [{ fromS: at.afterS, toS: at.afterS + action.forS }] : [],
      );
      const calms = spans.slice(1).map(({ fromS }, before) => fromS - (spans[before]?.toS ?? 0));
      expect(spans).toHaveLength(faults.length);
      expect(Math.min(...calms)).toBeGreaterThanOrEqual(recoveryS + 2);
    },
  );

  it('are told by name when a name is wrong', () => {
    expect(() => findScenario('crash', asUsual)).toThrow(/There is no scenario crash\. There are: .*streamer-crash/);
  });
});

describe('snapshot', () => {
  it('offers the documented rate at 1x: 23 files of about 10 MB in a minute', () => {
    const { load } = snapshot({ rate: '1x', durationS: 60, agents: 3, asDocumented: false });
    expect(load.parts).toMatchObject([{ objects: 23, arrival: { kind: 'constant', rawMBPerMin: 228 } }]);
  });

  it('as documented, brings 57 MB to each scan and judges loss and the SLO only', () => {
    const scenario = snapshot({ rate: '1x', durationS: 300, agents: 3, asDocumented: true });
    expect(scenario.load.parts[0]?.arrival).toEqual({ kind: 'bursts', rawMBPerMin: 228, everyS: 15 });
    const performance = scenario.expect.filter((check) => check.kind === 'performance');
    expect(performance.map((check) => check.path)).toEqual(['latencyMs.lag.max']);
  });
});
