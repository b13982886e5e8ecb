/** A day's files with every kind of dirt and damage among them: what is good arrives, and each bad thing is set aside for its own reason. */
import { DAMAGE_KINDS } from '#simulator';
import { duplicatesWithinBound, mayComeLate, nothingLost } from '../checks.ts';
import {
  constantPart,
  defineScenario,
  documentedRawMBPerMin,
  documentedShape,
  loadOf,
  promptSettings,
} from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';
import { damageOfEachKind, quarantineChecks, quarantineObservations, recordsRefused } from './damage.ts';

const objects = 300;
const linesPerObject = 650;
const ofEachKind = 3;
const daySeconds = 24 * 3600;
const loadS = 15;
const rawMBPerObject = 1;
const rawMBPerMin = ((objects * rawMBPerObject) / loadS) * 60;

export const dirtyData: ScenarioBuilder = () =>
  defineScenario({
    name: 'dirty-data',
    why: 'A day of files with every kind of dirt and damage: each good line delivered, each bad one in quarantine, with its reason.',
    proves: 'One bad object or line never stops the rest: it ends in quarantine with reason and range.',
    takesS: loadS + 10,
    load: loadOf(
      `${Math.round(rawMBPerMin / documentedRawMBPerMin)}x`,
      [
        {
          ...constantPart('live', 1, loadS),
          objects,
          arrival: { kind: 'constant', rawMBPerMin },
          stampsS: { from: -daySeconds, to: 0 },
          // Spread over the day, and none of them first: the endpoints have accepted something before they refuse.
          damage: damageOfEachKind(
            DAMAGE_KINDS,
            ofEachKind,
            (at) => 20 + at * Math.floor((objects - 20) / (DAMAGE_KINDS.length * ofEachKind)),
          ),
        },
      ],
      { shape: { ...documentedShape, linesPerObject, noise: 'dirty' } },
    ),
    settings: [
      ...promptSettings,
      {
        key: 'processing.lookback_interval',
        value: '1s',
        shipped: '5m',
        why: 'files with time stamps of a whole day are found by the look-back',
      },
      {
        key: 'processing.max_line_bytes',
        value: '128KiB',
        shipped: '10MiB',
        why: 'so that a line of 300 KB is too long',
      },
    ],
    faults: recordsRefused,
    observe: quarantineObservations,
    expect: [...nothingLost, duplicatesWithinBound, ...quarantineChecks, mayComeLate],
  });
