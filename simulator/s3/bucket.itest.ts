import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteObjects, emptyPrefix } from './bucket.ts';
import type { S3Connection } from './service.ts';

const listed = `<ListBucketResult><Name>weblog</Name><IsTruncated>false</IsTruncated>
<Contents><Key>run/a</Key></Contents><Contents><Key>run/b</Key></Contents></ListBucketResult>`;
const refused = `<DeleteResult><Error><Key>run/a</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>`;

describe('an S3 that lists objects and refuses to delete them', () => {
  let server: Server;
  let connection: S3Connection;
  let deletes = 0;
  beforeEach(async () => {
    deletes = 0;
    server = createServer((request, response) => {
      request.resume();
      if (request.method === 'POST') deletes += 1;
      response.setHeader('content-type', 'application/xml');
      response.end(request.method === 'POST' ? refused : listed);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    connection = {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      env: { AWS_ACCESS_KEY_ID: 'some', AWS_SECRET_ACCESS_KEY: 'body' },
    };
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is asked once, and its reason is told with what to do', async () => {
    await expect(emptyPrefix(connection, 'weblog', 'run/')).rejects.toThrow(
      /Could not delete the objects under weblog\/run\/ .*: it refused 1 of 2 \(AccessDenied: Access Denied\), such as run\/a\. Allow s3:DeleteObject/,
    );
    expect(deletes).toBe(1);
  });

  it('is not taken for one that has deleted them', async () => {
    await expect(deleteObjects(connection, 'weblog', ['run/a', 'run/b'])).rejects.toThrow('it refused 1 of 2');
  });
});
