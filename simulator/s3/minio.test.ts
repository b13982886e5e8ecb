import { describe, expect, it } from 'vitest';
import { dockerAddress } from '../process/docker.ts';
import { parseS3Url } from './external.ts';
import { parseMinioVersion } from './minio.ts';

describe('--s3', () => {
  it('takes a URL with and without a bucket', () => {
    expect(parseS3Url('http://127.0.0.1:9000')).toEqual({ endpoint: 'http://127.0.0.1:9000', bucket: null });
    expect(parseS3Url('https://s3.eu-west-1.amazonaws.com/logs/')).toEqual({
      endpoint: 'https://s3.eu-west-1.amazonaws.com',
      bucket: 'logs',
    });
  });

  it.each(['mini0', 'ftp://host/bucket', 'http://host/bucket/prefix'])(
    'refuses %s and says what it expects',
    (text) => {
      expect(() => parseS3Url(text)).toThrow('expected embedded, minio, or a URL');
    },
  );

  it('reads the release from what MinIO prints', () => {
    expect(parseMinioVersion('minio version RELEASE.2025-09-07T16-13-09Z (commit-id=07c3a429)\nRuntime: go')).toBe(
      'RELEASE.2025-09-07T16-13-09Z',
    );
  });

  it('asks the Docker engine that DOCKER_HOST names', () => {
    expect(dockerAddress(undefined)).toEqual({ socketPath: '/var/run/docker.sock' });
    expect(dockerAddress('unix:///tmp/docker.sock')).toEqual({ socketPath: '/tmp/docker.sock' });
    expect(dockerAddress('tcp://127.0.0.1:2375')).toEqual({ host: '127.0.0.1', port: 2375 });
    expect(dockerAddress('ssh://somewhere')).toBeNull();
  });
});
