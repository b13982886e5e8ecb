/**
 * Who visits what, from one request to the next. Real proxy logs come in runs: a page is some twenty requests of one client to one site.
 * These runs are what brings an object to the documented compression (10 MB to 650 KB); without them it is a third larger.
 */
import assert from 'node:assert/strict';
import type { SeededRandom } from '../random.ts';

/** 32 random bits for each piece of a line that follows from who asks and whom. */
interface Visit {
  client: number;
  agent: number;
  tls: number;
  site: number;
}

interface Traffic {
  restart(random: SeededRandom): void;
  /** The visit to which the next request belongs. It stays valid until the next call. */
  nextVisit(random: SeededRandom): Readonly<Visit>;
}

/** Visits under way at a time; a power of two, so that a few bits choose one. */
const VISITS_ACTIVE = 16;

/** Of 256 requests, those that belong to a visit under way, and those with which a known client goes on to another site. */
const SAME_VISIT_SHARE = 204;
const SAME_CLIENT_SHARE = 36;

export function createTraffic(): Traffic {
  const visits = Array.from({ length: VISITS_ACTIVE }, (): Visit => ({ client: 0, agent: 0, tls: 0, site: 0 }));
  let oldest = 0;

  function restart(random: SeededRandom): void {
    oldest = 0;
    for (const visit of visits) begin(visit, random);
  }

  function visitAt(index: number): Visit {
    const visit = visits[index];
    assert(visit !== undefined, 'there are as many visits as their number says');
    return visit;
  }

  function nextVisit(random: SeededRandom): Visit {
    const bits = random.uint32();
    const known = visitAt(bits % VISITS_ACTIVE);
    const share = (bits >>> 8) & 0xff;
    if (share < SAME_VISIT_SHARE) return known;
    const started = visitAt(oldest);
    oldest = (oldest + 1) % VISITS_ACTIVE;
    if (share < SAME_VISIT_SHARE + SAME_CLIENT_SHARE) Object.assign(started, known, { site: random.uint32() });
    else begin(started, random);
    return started;
  }

  return { restart, nextVisit };
}

function begin(visit: Visit, random: SeededRandom): void {
  visit.client = random.uint32();
  visit.agent = random.uint32();
  visit.tls = random.uint32();
  visit.site = random.uint32();
}
