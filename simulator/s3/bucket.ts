/** Makes and removes the bucket (or the folder in a bucket) that a run uses. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { errorCode, HarnessError, messageOf } from '../process/errors.ts';
import { clientOptions, type S3Connection } from './service.ts';

export async function createBucket(connection: S3Connection, bucket: string): Promise<void> {
  await request(connection, `create the bucket ${bucket}`, (client) =>
    client.send(new CreateBucketCommand({ Bucket: bucket })),
  );
}

export async function requireBucket(connection: S3Connection, bucket: string): Promise<void> {
  await request(connection, `find the bucket ${bucket}`, (client) =>
    client.send(new HeadBucketCommand({ Bucket: bucket })),
  );
}

export async function deleteBucket(connection: S3Connection, bucket: string): Promise<void> {
  await request(connection, `delete the bucket ${bucket}`, (client) =>
    client.send(new DeleteBucketCommand({ Bucket: bucket })),
  );
}

/** Deletes every object under the prefix. */
export async function emptyPrefix(connection: S3Connection, bucket: string, prefix: string): Promise<void> {
  await request(connection, `delete the objects under ${bucket}/${prefix}`, async (client) => {
    for (;;) {
      const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
      const keys = (page.Contents ?? []).map((object) => ({ Key: object.Key }));
      if (keys.length === 0) return;
      await deletePage(client, bucket, keys);
    }
  });
}

/** At most 1,000, as S3 takes them. */
export async function deleteObjects(connection: S3Connection, bucket: string, keys: readonly string[]): Promise<void> {
  const objects = keys.map((Key) => ({ Key }));
  await request(connection, `delete objects of ${bucket}`, (client) => deletePage(client, bucket, objects));
}

/** S3 answers 200 also where it deletes nothing, and says so of each object: whoever looks for what is left would find it for ever. */
async function deletePage(
  client: S3Client,
  bucket: string,
  objects: readonly { readonly Key: string | undefined }[],
): Promise<void> {
  const { Errors: refused = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [...objects], Quiet: true } }),
  );
  const [first] = refused;
  if (first === undefined) return;
  throw new RefusedDeletes(
    `it refused ${refused.length} of ${objects.length} (${first.Code ?? 'no code'}: ${first.Message ?? 'no message'}), such as ${first.Key ?? 'one without a name'}. Allow s3:DeleteObject to this account, and see whether the bucket locks objects; what is left of the run must be deleted by hand.`,
  );
}

class RefusedDeletes extends Error {
  override readonly name = 'RefusedDeletes';
}

async function request(
  connection: S3Connection,
  purpose: string,
  send: (client: S3Client) => Promise<unknown>,
): Promise<void> {
  const client = new S3Client(clientOptions(connection));
  try {
    await send(client);
  } catch (error) {
    const why = explainS3Failure(error, connection.endpoint);
    throw new HarnessError('usage', `Could not ${purpose} on ${connection.endpoint}: ${why}`, { cause: error });
  } finally {
    client.destroy();
  }
}

/** Cause and cure in a sentence or two. */
function explainS3Failure(error: unknown, endpoint: string): string {
  if (error instanceof RefusedDeletes) return error.message;
  const name = error instanceof Error ? error.name : 'unknown error';
  if (name === 'CredentialsProviderError') {
    return 'no AWS credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or AWS_PROFILE).';
  }
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode;
    if (status === 404 || name === 'NoSuchBucket')
      return 'there is no such bucket. Create it, or name another one in the URL.';
    if (status === 401 || status === 403) {
      return `it refused the credentials (${name}). Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, and what the account may do.`;
    }
    return `it answered ${status ?? 'nothing'} (${name}: ${messageOf(error)}). Is this the address of an S3 API?`;
  }
  return `no S3 answers there (${errorCode(error) ?? name}). Start it, or check the address ${endpoint}.`;
}
