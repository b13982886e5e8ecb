/** `check`, S3: lists each source, reads one of its objects, and sees whether S3 honours If-Match. Nothing is written. */
import type { SourceConfig } from '../config/config.ts';
import { hasCode, StreamerError } from '../errors.ts';
import { CREDENTIALS_CURE, isMissingCredentials } from '../io/missing-credentials.ts';
import type { ObjectRef, ObjectStore } from '../ports.ts';
import { nameOfSource } from './bucket.ts';
import { type Finding, messageOf } from './check-finding.ts';
import { formatBytes } from './output.ts';

/** Enough to find one that is no folder marker. */
const KEYS_LISTED = 10;
const NO_SUCH_ETAG = '0'.repeat(32);

export interface SourceCheck {
  readonly findings: readonly Finding[];
  /** A policy may be the cure. */
  readonly isDenied: boolean;
}

export async function checkSource(objects: ObjectStore, source: SourceConfig): Promise<SourceCheck> {
  const target = nameOfSource(source);
  const { signal } = new AbortController();
  let listed: readonly ObjectRef[];
  try {
    const request = { startAfter: null, continuationToken: null, delimiter: null, keysMax: KEYS_LISTED };
    listed = (await objects.list({ ...source, ...request }, signal)).objects;
  } catch (error) {
    return failed(`LIST ${target}`, error);
  }
  const object = listed.find(({ sizeBytes }) => sizeBytes > 0);
  if (object === undefined) {
    const detail = listed.length === 0 ? 'allowed; nothing is there' : 'allowed; only empty objects are there';
    const cure = 'nothing to try GET with. If there should be objects, compare s3.prefix with the bucket';
    return { findings: [{ area: 's3', status: 'note', target: `LIST ${target}`, detail, cure }], isDenied: false };
  }
  const got = await checkGet(objects, object);
  const isListed: Finding = { area: 's3', status: 'ok', target: `LIST ${target}`, detail: 'allowed', cure: null };
  return { ...got, findings: [isListed, ...got.findings] };
}

async function checkGet(objects: ObjectStore, object: ObjectRef): Promise<SourceCheck> {
  const target = `GET ${nameOfSource({ bucket: object.bucket, prefix: object.key })}`;
  const { signal } = new AbortController();
  try {
    (await objects.get(object, signal)).discard();
  } catch (error) {
    return failed(target, error);
  }
  const detail = `allowed (${formatBytes(object.sizeBytes)})`;
  const findings: Finding[] = [{ area: 's3', status: 'ok', target, detail, cure: null }];
  if (!(await refusesWrongEtag(objects, object))) {
    const cure =
      'an object that is overwritten while it is read could be delivered mixed: never overwrite objects there';
    findings.push({ area: 's3', status: 'note', target, detail: 'this S3 ignores If-Match', cure });
  }
  return { findings, isDenied: false };
}

async function refusesWrongEtag(objects: ObjectStore, object: ObjectRef): Promise<boolean> {
  try {
    (await objects.get({ ...object, etag: NO_SUCH_ETAG }, new AbortController().signal)).discard();
    return false;
  } catch (error) {
    // It refuses, or fails in a way that says nothing about If-Match.
    return error instanceof StreamerError;
  }
}

function failed(target: string, error: unknown): SourceCheck {
  const finding: Finding = { area: 's3', status: 'failed', target, detail: messageOf(error), cure: cureOf(error) };
  return { findings: [finding], isDenied: hasCode(error, 'S3_ACCESS_DENIED') };
}

function cureOf(error: unknown): string | null {
  if (isMissingCredentials(error)) return CREDENTIALS_CURE;
  if (hasCode(error, 'S3_ACCESS_DENIED'))
    return 'give the credentials the policy below, and see that s3.region is right. Objects encrypted with KMS need kms:Decrypt on their key as well';
  if (hasCode(error, 'S3_NO_BUCKET')) return 'correct s3.bucket, s3.region or s3.endpoint';
  if (hasCode(error, 'S3_UNAVAILABLE')) return 'see that s3.endpoint is right and can be reached from this host';
  return null;
}
