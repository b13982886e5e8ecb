import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeTuning } from './command.ts';
import { documentedAdvice } from './documented.ts';
import { planRuns } from './plan.ts';
import { findRow, tuningRows } from './rows.ts';
import { timeLeftS } from './run-arms.ts';

const arms = tuningRows.flatMap(({ claims }) => claims.flatMap(({ before, after }) => [before, after]));

describe('the tuning rows', () => {
  it('put every documented sentence to the test', () => {
    const tested = new Set<string>(tuningRows.flatMap(({ documented }) => documented));
    expect(documentedAdvice.map(({ id }) => id).filter((id) => !tested.has(id))).toEqual([]);
  });

  it('say each what the arm with the lever must do better, so that an arm without cannot', () => {
    for (const { claims } of tuningRows) {
      for (const { effect, before, after } of claims) {
        expect(before.name).not.toBe(after.name);
        if (effect.kind === 'falls') expect(effect.to).toBeLessThanOrEqual(0.85);
        else expect(effect.to).toBeGreaterThanOrEqual(1.5);
      }
    }
  });

  it('give a name to one arm only', () => {
    const different = new Set(arms.map((one) => JSON.stringify(one)));
    expect(different.size).toBe(new Set(arms.map(({ name }) => name)).size);
  });

  it('judge loss in every arm', () => {
    const lossless = arms.filter(({ expect: checks }) => !checks.some(({ path }) => path === 'delivery.lostLines'));
    expect(lossless.map(({ name }) => name)).toEqual([]);
  });

  it('are in the table of docs/scenarios.md, as they describe themselves', () => {
    const { name, why, proves, takesS } = describeTuning();
    expect(readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8')).toContain(
      `| \`${name}\` | ${why} | ${proves} | ${takesS} s |`,
    );
  });

  it.each(tuningRows)('$name is in docs/tuning.md', ({ name }) => {
    expect(readFileSync(new URL('../../docs/tuning.md', import.meta.url), 'utf8')).toContain(`\`${name}\``);
  });

  it('are told by name when a name is wrong', () => {
    expect(() => findRow('lag')).toThrow(/There is no tuning row lag\. There are: .*lag-endpoints/);
  });
});

describe('planRuns', () => {
  it('runs an arm once a round, however many claims need it, and the second round backwards', () => {
    const names = planRuns(tuningRows).map(({ arm: { name }, round }) => `${round} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    const second = names.filter((name) => name.startsWith('2 ')).map((name) => name.slice(2));
    const first = names.filter((name) => name.startsWith('1 ')).map((name) => name.slice(2));
    expect(second.length).toBeGreaterThan(0);
    expect(first.filter((name) => second.includes(name))).toEqual(second.toReversed());
  });

  it('takes about ten minutes', () => {
    expect(timeLeftS(planRuns(tuningRows), 0, 0)).toBeLessThan(660);
  });
});

describe('timeLeftS', () => {
  it('learns from the arms before how slow the machine is', () => {
    const [first, second] = planRuns(tuningRows);
    const two = [first!, second!];
    const expected = timeLeftS(two, 1, first!.arm.takesS + 4);
    expect(expected).toBe(second!.arm.takesS + 4);
    expect(timeLeftS(two, 1, 3 * (first!.arm.takesS + 4))).toBe(3 * expected);
  });
});
