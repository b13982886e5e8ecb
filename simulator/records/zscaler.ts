/**
 * Records of a Zscaler NSS web log feed in the shape the original streams: `{"sourcetype":"zscalernss-web","event":{...}}`.
 * A line is some twelve copies of ready-made pieces and a few numbers, about 1,540 bytes; no object or string is made while writing.
 */
import type { SeededRandom } from '../random.ts';
import { writeDecimal, writePadded } from './decimal.ts';
import { IDENTITY_DIGITS, type RecordKind, type RecordWriter } from './record-kind.ts';
import { SegmentPool } from './segment-pool.ts';
import { createTraffic } from './zscaler-traffic.ts';
import {
  agentSegments,
  clientSegments,
  decisionSegments,
  fieldsText,
  mediaSegments,
  siteSegments,
  tlsSegments,
} from './zscaler-vocabulary.ts';

const IDENTITY_MARKER = '"recordid":"';
const HEAD = `{"sourcetype":"zscalernss-web","event":{${IDENTITY_MARKER}`;

/** What makes a URL unique, as cache keys and session numbers do. Random digits cost half a byte each when compressed. */
const URL_TOKEN_DIGITS = 8;

/** Sizes are below 2^18 bytes; the sum of two has at most six digits. */
const NUMBER_DIGITS_MAX = 6;

/** What every record of the feed says alike. */
const TAIL_FIELDS = {
  product: 'NSS',
  vendor: 'Zscaler',
  cloudname: 'zscaler.example',
  trafficredirectmethod: 'Z-Tunnel 2.0',
  keyprotectiontype: 'N/A',
  dlpengine: 'None',
  dlpdictionaries: 'None',
} as const;

export const zscaler: RecordKind = {
  identityMarker: IDENTITY_MARKER,
  identityOffset: HEAD.length,
  createWriter,
};

function createWriter(vocabularyRandom: SeededRandom): RecordWriter {
  const decisions = new SegmentPool(decisionSegments());
  const clients = new SegmentPool(clientSegments(vocabularyRandom.fork('clients')));
  const agents = new SegmentPool(agentSegments());
  const tls = new SegmentPool(tlsSegments());
  const sites = new SegmentPool(siteSegments(vocabularyRandom.fork('sites')));
  const media = new SegmentPool(mediaSegments());
  const pools = [decisions, clients, agents, tls, sites, media];

  const head = Buffer.from(HEAD);
  const requestSizeName = Buffer.from('"requestsize":');
  const responseSizeName = Buffer.from(',"responsesize":');
  const totalSizeName = Buffer.from(',"transactionsize":');
  const serverTimeName = Buffer.from(',"stime":');
  const tail = Buffer.from(`,${fieldsText(TAIL_FIELDS).slice(0, -1)}}}`);
  const constants = [head, requestSizeName, responseSizeName, totalSizeName, serverTimeName, tail];
  const clock = createClockText();

  const traffic = createTraffic();
  let objectIndex = 0;
  let random = vocabularyRandom;

  function writeLine(target: Buffer, start: number, lineNumber: number, timeS: number): number {
    let at = start + head.copy(target, start);
    at = writePadded(target, at, objectIndex, IDENTITY_DIGITS);
    at = writePadded(target, at, lineNumber, IDENTITY_DIGITS);
    at = clock.write(target, at, timeS);
    const bits = random.uint32();
    at = decisions.write(target, at, bits);
    const visit = traffic.nextVisit(random);
    at = clients.write(target, at, visit.client);
    at = agents.write(target, at, visit.agent);
    at = tls.write(target, at, visit.tls);
    at = sites.write(target, at, visit.site);
    at = writePadded(target, at, random.below(10 ** URL_TOKEN_DIGITS), URL_TOKEN_DIGITS);
    // A pool looks at the lowest twelve bits only, so one draw serves two choices.
    at = media.write(target, at, bits >>> 16);
    const requestBytes = 200 + (bits % 1_024);
    const responseBytes = webResponseBytes(random.uint32());
    at += requestSizeName.copy(target, at);
    at = writeDecimal(target, at, requestBytes);
    at += responseSizeName.copy(target, at);
    at = writeDecimal(target, at, responseBytes);
    at += totalSizeName.copy(target, at);
    at = writeDecimal(target, at, requestBytes + responseBytes);
    at += serverTimeName.copy(target, at);
    at = writeDecimal(target, at, responseBytes >>> 7);
    return at + tail.copy(target, at);
  }

  return {
    lineBytesMax:
      pools.reduce((sum, pool) => sum + pool.segmentBytesMax, 0) +
      constants.reduce((sum, constant) => sum + constant.length, 0) +
      clock.bytesMax +
      2 * IDENTITY_DIGITS +
      URL_TOKEN_DIGITS +
      4 * NUMBER_DIGITS_MAX,
    startObject(index, objectRandom) {
      objectIndex = index;
      random = objectRandom;
      traffic.restart(objectRandom);
    },
    writeLine,
  };
}

/** Spread over eight powers of two below 2^18, as the sizes of web answers are. */
function webResponseBytes(bits: number): number {
  return bits >>> (14 + (bits % 8));
}

/** The date field. Thousands of lines share a second, so its text is made once for all of them. */
function createClockText(): { bytesMax: number; write(target: Buffer, at: number, timeS: number): number } {
  let textTimeS = 0;
  let text = clockText(0);
  return {
    bytesMax: text.length,
    write(target, at, timeS) {
      if (timeS !== textTimeS) {
        textTimeS = timeS;
        text = clockText(timeS);
      }
      return at + text.copy(target, at);
    },
  };
}

function clockText(timeS: number): Buffer {
  const iso = new Date(timeS * 1_000).toISOString();
  return Buffer.from(`","datetime":"${iso.slice(0, 10)} ${iso.slice(11, 19)}",`);
}
