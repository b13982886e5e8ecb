/** The listing of the yardsticks: every key under a prefix, in pages, by nothing but the SDK. */
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

export async function listKeys(s3: S3Client, bucket: string, prefix: string): Promise<string[]> {
  const found: string[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    );
    for (const { Key: key } of page.Contents ?? []) if (key !== undefined) found.push(key);
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return found;
}
