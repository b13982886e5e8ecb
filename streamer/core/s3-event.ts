/**
 * Reads the messages by which S3 tells of objects: as S3 sends them to a queue, or EventBridge does, or either inside the envelope that SNS puts around them
 * (without raw message delivery). Invariant: a message is understood as a whole or not at all, so none is deleted that told of something we did not see.
 */
import * as z from 'zod';

/** What a message tells of an object that was written. What it does not tell (LastModified) or may be outdated is asked of S3. */
export interface ToldObject {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  /** Null where the message does not say. */
  readonly etag: string | null;
}

export type S3Event =
  /** No objects: it tells only of removals and the like. */
  | { readonly kind: 'created'; readonly objects: readonly ToldObject[] }
  /** What S3 sends once, when notifications are set up. */
  | { readonly kind: 'test' }
  | { readonly kind: 'unreadable'; readonly error: string };

const snsSchema = z.object({ Type: z.literal('Notification'), Message: z.string() });
const testSchema = z.object({ Event: z.literal('s3:TestEvent') });
const eventSchema = z.object({ Records: z.array(z.object({ eventName: z.string(), s3: z.unknown() })) });
const bridgeSchema = z.object({ source: z.literal('aws.s3'), 'detail-type': z.string(), detail: z.unknown() });
const bridgeCreatedSchema = z.object({
  bucket: z.object({ name: z.string().min(1) }),
  object: z.object({ key: z.string().min(1), etag: z.string().min(1).nullish() }),
});
const createdSchema = z.object({
  bucket: z.object({ name: z.string().min(1) }),
  object: z.object({ key: z.string().min(1), eTag: z.string().min(1).nullish() }),
});

/** Some stores that speak S3 write `s3:` before the name. */
const CREATED = /^(?:s3:)?ObjectCreated:/;

export function parseS3Event(body: string): S3Event {
  const message = parseJson(body);
  const sns = snsSchema.safeParse(message);
  return readEvent(sns.success ? parseJson(sns.data.Message) : message);
}

function readEvent(message: unknown): S3Event {
  if (message === undefined) return { kind: 'unreadable', error: 'it is not JSON' };
  if (testSchema.safeParse(message).success) return { kind: 'test' };
  const bridged = bridgeSchema.safeParse(message);
  if (bridged.success) return readBridgeEvent(bridged.data);
  const event = eventSchema.safeParse(message);
  if (!event.success) return { kind: 'unreadable', error: `it is no S3 event: ${describe(event.error)}` };
  const objects: ToldObject[] = [];
  for (const [index, { eventName, s3 }] of event.data.Records.entries()) {
    if (!CREATED.test(eventName)) continue;
    const created = createdSchema.safeParse(s3);
    if (!created.success) return { kind: 'unreadable', error: `record ${index}: ${describe(created.error)}` };
    const { bucket, object } = created.data;
    const key = decodeKey(object.key);
    if (key === null) return { kind: 'unreadable', error: `record ${index}: its key is not URL-encoded` };
    objects.push({ bucket: bucket.name, key, etag: object.eTag?.replaceAll('"', '') ?? null });
  }
  return { kind: 'created', objects };
}

/** One event for each object. Its key stands as it is, not encoded. */
function readBridgeEvent({ 'detail-type': type, detail }: z.output<typeof bridgeSchema>): S3Event {
  if (type !== 'Object Created') return { kind: 'created', objects: [] };
  const created = bridgeCreatedSchema.safeParse(detail);
  if (!created.success) return { kind: 'unreadable', error: `detail: ${describe(created.error)}` };
  const { bucket, object } = created.data;
  const etag = object.etag?.replaceAll('"', '') ?? null;
  return { kind: 'created', objects: [{ bucket: bucket.name, key: object.key, etag }] };
}

/** Keys are form-encoded in S3's own events: a space is `+`, a plus is `%2B`. Null when it is no such encoding. */
function decodeKey(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** Undefined, which no JSON stands for, when it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Where the first difference lies, never what stands there. */
function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'unknown';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}
