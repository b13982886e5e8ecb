/**
 * The world that the Zscaler records tell of: one company's people and devices, the sites they visit, what the proxy decided.
 * Fields that belong together in reality (a user, their department, their laptop) stand in one piece, so that their combinations are as few
 * as in production logs. That, and how many pieces there are, decides how well an object compresses.
 */
import type { SeededRandom } from '../random.ts';
import { byPopularity, type WeightedText } from './segment-pool.ts';
import { DECISIONS, DEVICES, MEDIA, SITE_KINDS, TLS_SESSIONS, USER_AGENTS } from './zscaler-catalogue.ts';
import {
  CITIES,
  DEPARTMENTS,
  FIRST_NAMES,
  LAST_NAMES,
  PATH_WORDS,
  SITE_WORDS,
  TOP_LEVEL_DOMAINS,
} from './zscaler-words.ts';

const CLIENT_COUNT = 1_200;
const SITE_COUNT = 300;
const PAGES_PER_SITE = 3;

/** Fields as they stand inside a record, with a comma after each. NSS feeds write every value as a string. */
export function fieldsText(fields: Readonly<Record<string, string | number>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(String(value))},`)
    .join('');
}

/** Who sent the request, from where, on what. */
export function clientSegments(random: SeededRandom): readonly WeightedText[] {
  const clients = Array.from({ length: CLIENT_COUNT }, (_, index) => {
    const first = random.pick(FIRST_NAMES);
    const last = random.pick(LAST_NAMES);
    const city = random.below(CITIES.length);
    const login = `${first}.${last}${index % 7 === 0 ? index : ''}@example.com`.toLowerCase();
    const device = random.pick(DEVICES);
    return fieldsText({
      user: login,
      department: random.pick(DEPARTMENTS),
      location: CITIES[city] ?? '',
      ClientIP: `10.${city}.${random.below(32)}.${1 + random.below(254)}`,
      clientpublicIP: `203.0.113.${city}`,
      devicehostname: `${device.hostPrefix}${(0x10_0000 + random.below(0xf0_0000)).toString(16).toUpperCase()}`,
      devicemodel: device.model,
      deviceostype: device.osType,
      deviceosversion: device.osVersion,
    });
  });
  return byPopularity(clients, 0.6);
}

/** What was asked for. Left open inside the URL, so that the record can add what makes it unique. */
export function siteSegments(random: SeededRandom): readonly WeightedText[] {
  const pages: string[] = [];
  for (let site = 0; site < SITE_COUNT; site += 1) {
    const kind = random.pick(SITE_KINDS);
    const host = `${random.pick(kind.hostPrefixes)}.${random.pick(SITE_WORDS)}${random.pick(SITE_WORDS)}.${random.pick(TOP_LEVEL_DOMAINS)}`;
    const fields = fieldsText({
      hostname: host,
      serverip: `198.51.${random.below(256)}.${1 + random.below(254)}`,
      urlclass: kind.urlClass,
      urlsupercategory: kind.superCategory,
      urlcategory: kind.category,
      appclass: kind.appClass,
      appname: kind.appName,
      app_status: kind.appStatus,
      pagerisk: random.below(4) * 5,
    });
    for (let page = 0; page < PAGES_PER_SITE; page += 1) {
      const path = Array.from({ length: 1 + random.below(3) }, () => random.pick(PATH_WORDS)).join('/');
      const referer = random.chance(0.4) ? 'None' : `${host}/`;
      pages.push(`${fields}"refererURL":"${referer}","url":"${host}/${path}?r=`);
    }
  }
  return byPopularity(pages, 0.9);
}

/** What the proxy decided, and what it found. */
export function decisionSegments(): readonly WeightedText[] {
  return DECISIONS.map(({ weight, fields }) => ({ weight, text: fieldsText(fields) }));
}

export function agentSegments(): readonly WeightedText[] {
  return byPopularity(
    USER_AGENTS.map((useragent) => fieldsText({ useragent })),
    0.8,
  );
}

export function tlsSegments(): readonly WeightedText[] {
  return byPopularity(TLS_SESSIONS.map(fieldsText), 1.2);
}

/** What came back. Begins by closing the URL that a site's piece left open. */
export function mediaSegments(): readonly WeightedText[] {
  return byPopularity(
    MEDIA.map((media) => `",${fieldsText(media)}`),
    0.9,
  );
}
