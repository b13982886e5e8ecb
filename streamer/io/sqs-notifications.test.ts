import { describe, expect, it } from 'vitest';
import { regionOfQueue } from './sqs-notifications.ts';

describe('the region of a queue', () => {
  it.each([
    ['https://sqs.eu-west-1.amazonaws.com/123456789012/events', 'eu-west-1'],
    ['https://sqs.cn-north-1.amazonaws.com.cn/123456789012/events', 'cn-north-1'],
    ['https://sqs-fips.us-gov-west-1.amazonaws.com/123456789012/events', 'us-gov-west-1'],
    ['https://sqs.ap-southeast-2.api.aws/123456789012/events', 'ap-southeast-2'],
    ['https://vpce-0a1b2c-d3e4.sqs.us-east-2.vpce.amazonaws.com/123456789012/events', 'us-east-2'],
    ['https://ap-northeast-1.queue.amazonaws.com/123456789012/events', 'ap-northeast-1'],
    ['http://sqs.us-east-1.localhost:4566/000000000000/events', 'us-east-1'],
    ['http://127.0.0.1:4566/000000000000/sqs.eu-west-1.events', null],
    ['https://queue.example.com/events', null],
  ])('of %s is %s', (url, region) => {
    expect(regionOfQueue(url)).toBe(region);
  });
});
