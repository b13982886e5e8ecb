/** The IAM policy that lets the streamer read its sources: the cure that goes with a denied request. */

export interface PolicySource {
  readonly bucket: string;
  readonly prefix: string;
}

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: { readonly StringLike: { readonly 's3:prefix': readonly string[] } };
}

export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** LIST is allowed on the bucket, for keys below the prefix; GET on the objects there; and what it takes to read a queue. */
export function readPolicy(
  sources: readonly PolicySource[],
  region: string,
  queueUrl: string | null = null,
): IamPolicy {
  const arn = `arn:${partitionOf(region)}:s3:::`;
  const prefixesOf = Map.groupBy(sources, ({ bucket }) => bucket);
  const listing = [...prefixesOf].map(([bucket, ofBucket]): Statement => {
    const prefixes = ofBucket.map(({ prefix }) => `${prefix}*`);
    return {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: `${arn}${bucket}`,
      Condition: { StringLike: { 's3:prefix': prefixes } },
    };
  });
  const reading: Statement = {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: sources.map(({ bucket, prefix }) => `${arn}${bucket}/${prefix}*`),
  };
  const queue = queueUrl === null ? [] : [queueStatement(queueUrl, region)];
  return { Version: '2012-10-17', Statement: [...listing, reading, ...queue] };
}

/** `https://sqs.eu-central-1.amazonaws.com/123456789012/events` */
function queueStatement(queueUrl: string, region: string): Statement {
  const [account = '*', name = '*'] = queueUrl.replace(/^\w+:\/\/[^/]*\//, '').split('/');
  return {
    Effect: 'Allow',
    Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
    Resource: `arn:${partitionOf(region)}:sqs:${region}:${account}:${name}`,
  };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
